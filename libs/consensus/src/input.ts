// What happens to a node.
import type { CertifiedBlock, ConsensusBlock } from './block.ts';
import type { Memory } from './memory.ts';
import type { Message } from './message.ts';

export type Input<B extends ConsensusBlock> =
  /** First input, once. `memory` is null when the store holds none. `tip` is the last block that is kept. */
  | { readonly kind: 'start'; readonly memory: Memory<B> | null; readonly tip: B }
  /** The moment of a `wake` effect has come; early, late and needless ones do no harm. */
  | { readonly kind: 'wake' }
  /** `from` is the peer as the transport knows it. What the message says of its author is checked here. */
  | { readonly kind: 'message'; readonly from: string; readonly message: Message<B> }
  /** Answer to `build`. Null: there is nothing to put in a block. */
  | { readonly kind: 'block_built'; readonly height: number; readonly view: number; readonly block: B | null }
  /** Answer to `judge`. */
  | { readonly kind: 'block_judged'; readonly hash: string; readonly valid: boolean }
  /** Answer to `fetch`: blocks in ascending order, none when the peer did not answer. */
  | { readonly kind: 'blocks_fetched'; readonly from: string; readonly blocks: readonly CertifiedBlock<B>[] }
  /** A peer says, outside of consensus, how high its chain is: all that an observer learns. */
  | { readonly kind: 'peer_status'; readonly peer: string; readonly height: number }
  /** Whether transactions wait. Needed only where empty blocks are not made. */
  | { readonly kind: 'work'; readonly pending: boolean };
