import type { GenesisValidator } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';

/** What a node is told once. */
export interface Settings<B extends ConsensusBlock> {
  readonly genesisHash: string;
  /** The voters, weight 1 each, in the order of the genesis block. */
  readonly validators: readonly GenesisValidator[];
  /** Undefined, or a name that is not among the validators: an observer, which follows and says nothing. */
  readonly self: Signer | undefined;
  /**
   * Who may lead a slot on a chain that ends with `parent`: the primary, then the fallbacks; more than four are ignored.
   * A function of the chain alone. Who is no validator cannot lead, its view stays empty.
   */
  readonly leadersOf: (slot: number, parent: B) => readonly string[];
  /** Whether the hash is that of the header and the content is that of the header. A function of the block alone. */
  readonly isWhole: (block: B) => boolean;
  readonly blockTimeMs: number;
  /** Without empty blocks nobody waits for a leader that has nothing to put in one. */
  readonly makesEmptyBlocks: boolean;
  /** @default Ed25519 */
  readonly verify?: (hashHex: string, signature: string, publicKey: string) => boolean;
}

export interface Signer {
  readonly validator: string;
  /** Signature over the raw hash. */
  readonly sign: (hashHex: string) => string;
}
