import type { RedisAction } from '../../src/domain/redis/action.ts';
import type { NodeView } from '../../src/domain/redis/cluster-nodes.ts';
import type { ReachedNode } from '../../src/domain/redis/observation.ts';
import type { SlotRange } from '../../src/domain/redis/slots.ts';
import { addressText, type RedisAddress } from '../../src/domain/redis/wanted.ts';

interface SimulatedNode extends RedisAddress {
  readonly id: string;
  readonly ip: string;
  slots: SlotRange[];
  masterId: string | undefined;
  knows: Set<string>;
  keys: number;
}

/** Nodes that take commands at once and hear of each other at once: for the plan, not for the timing. */
export class SimulatedCluster {
  readonly nodes: SimulatedNode[];
  /** Nodes outside the wanted ones that all of them know. */
  readonly strangers: Array<Pick<NodeView, 'id' | 'isConnected' | 'isFailing' | 'slots'>> = [];

  constructor(hosts: readonly string[]) {
    this.nodes = hosts.map((host, index) => ({
      host,
      port: 6379 + hosts.slice(0, index).filter((other) => other === host).length,
      id: `id-${index}-of-node`,
      ip: `10.0.0.${index}`,
      slots: [],
      masterId: undefined,
      knows: new Set(),
      keys: 0,
    }));
  }

  get addresses(): RedisAddress[] {
    return this.nodes.map(({ host, port }) => ({ host, port }));
  }

  observe(): ReachedNode[] {
    return this.nodes.map((node) => ({
      contact: 'reached',
      address: { host: node.host, port: node.port },
      ip: node.ip,
      self: line(node, true),
      others: [
        ...this.nodes.filter(({ id }) => node.knows.has(id)).map((it) => line(it, false)),
        ...this.strangers.map((it) => ({ ...line(node, false), ...it, ip: '', masterId: undefined })),
      ],
      isStateOk: true,
      keys: node.keys,
      isSynchronised: true,
    }));
  }

  perform(action: RedisAction): void {
    const node = this.nodes.find((it) => addressText(it) === addressText(action.at));
    if (node === undefined) throw new Error(`nobody is ${addressText(action.at)}`);
    if (action.kind === 'assign') node.slots = [action.range];
    if (action.kind === 'replicate') node.masterId = action.masterId;
    if (action.kind !== 'meet') return;
    const met = this.nodes.find(({ ip }) => ip === action.ip);
    if (met === undefined) throw new Error(`nobody is at ${action.ip}`);
    const all = new Set([...node.knows, ...met.knows, node.id, met.id]);
    for (const it of this.nodes.filter(({ id }) => all.has(id)))
      it.knows = new Set([...all].filter((id) => id !== it.id));
  }
}

const line = ({ id, ip, port, masterId, slots }: SimulatedNode, isMyself: boolean): NodeView => ({
  id,
  ip,
  port,
  busPort: port + 10_000,
  isMyself,
  isMaster: masterId === undefined,
  isHandshake: false,
  isFailing: false,
  masterId,
  isConnected: true,
  slots,
});
