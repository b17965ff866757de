// Who is known with which key. Genesis validators are registered by being listed in the genesis block.
import type { GenesisValidator } from '@lucid/ledger';
import type { RegisteredNode } from './state.ts';

export interface Registry {
  readonly node: (nodeId: string) => RegisteredNode | undefined;
  readonly nodeOfKey: (publicKey: string) => RegisteredNode | undefined;
  readonly add: (node: RegisteredNode) => void;
  /** Those that registrations brought, by id. */
  readonly registered: () => RegisteredNode[];
}

/** The nodes of a lower registry (the chain's, say, under a block's) and those added here. */
export function createRegistry(below?: Pick<Registry, 'node' | 'nodeOfKey'>): Registry {
  const byId = new Map<string, RegisteredNode>();
  const byKey = new Map<string, RegisteredNode>();
  return {
    node: (nodeId) => byId.get(nodeId) ?? below?.node(nodeId),
    nodeOfKey: (publicKey) => byKey.get(publicKey) ?? below?.nodeOfKey(publicKey),
    add: ({ node_id, public_key, pool_id }) => {
      const node = { node_id, public_key, ...(pool_id !== undefined && { pool_id }) };
      byId.set(node_id, node);
      byKey.set(public_key, node);
    },
    registered: () => [...byId.values()].sort((a, b) => (a.node_id < b.node_id ? -1 : 1)),
  };
}

/** The genesis validators as nodes of their own names. */
export function genesisRegistry(validators: readonly GenesisValidator[]): Registry {
  const registry = createRegistry();
  for (const { validator, public_key } of validators) registry.add({ node_id: validator, public_key });
  return registry;
}
