// What a node wants done.
import type { Certificate, Vote } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Memory } from './memory.ts';
import type { Message } from './message.ts';
import type { Proposal } from './proposal.ts';

/** Two different statements of one validator where it may make one. */
export type Evidence =
  | { readonly kind: 'vote'; readonly first: Vote; readonly second: Vote }
  | { readonly kind: 'proposal'; readonly first: Proposal; readonly second: Proposal };

/**
 * Carried out in the order of the list. `persist` and `commit` are durable before the next effect is begun, and all
 * effects of one step are begun before the next step. The rest may fail or take its time.
 */
export type Effect<B extends ConsensusBlock> =
  | { readonly kind: 'persist'; readonly memory: Memory<B> }
  /** Append to the chain, certificate with the block. The node is at the next height from here on. */
  | { readonly kind: 'commit'; readonly block: B; readonly certificate: Certificate }
  /** To every peer. */
  | { readonly kind: 'broadcast'; readonly message: Message<B> }
  | { readonly kind: 'send'; readonly to: string; readonly message: Message<B> }
  /** Make the block that follows `parent`, with exactly this timestamp and view in its header. */
  | {
      readonly kind: 'build';
      readonly parent: B;
      readonly view: number;
      readonly slot: number;
      readonly fallbackIndex: number;
      readonly timestampMs: number;
    }
  /** Judge the content of a proposed block after `parent`. Leader and time are judged already. Must not depend on the time. */
  | { readonly kind: 'judge'; readonly block: B; readonly parent: B }
  /** Get confirmed blocks from a peer, this height and what follows. */
  | { readonly kind: 'fetch'; readonly from: string; readonly fromHeight: number }
  /** Give `wake` at this time of the wall clock. Replaces the wish before it. */
  | { readonly kind: 'wake'; readonly atMs: number }
  /** Keep and report. */
  | { readonly kind: 'evidence'; readonly evidence: Evidence };
