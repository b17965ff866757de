// What a node must still know after a crash. Plain JSON.
import type { Certificate, Vote } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Proposal } from './proposal.ts';

/** More than two thirds prevoted this block in this view. */
export interface ValidBlock<B extends ConsensusBlock> {
  readonly block: B;
  readonly pol: Certificate;
}

/** The node precommitted this block in this view and holds to it until it is shown a proof from a later one. */
export interface Lock {
  readonly view: number;
  readonly block_hash: string;
}

/**
 * One record per node, replaced as a whole. Votes are those of `view`, the last view in which the node voted at `height`;
 * since views only grow, older ones need not be kept.
 */
export interface Memory<B extends ConsensusBlock> {
  readonly version: 1;
  readonly validator: string;
  /** See `Status.novice`. */
  readonly novice: boolean;
  /** Without memory of earlier votes: silent until a block is confirmed in a slot after this one. Null: may vote. */
  readonly silent_through_slot: number | null;
  readonly height: number;
  readonly view: number;
  readonly proposal: Proposal | null;
  readonly prevote: Vote | null;
  readonly precommit: Vote | null;
  readonly locked: Lock | null;
  readonly valid: ValidBlock<B> | null;
}
