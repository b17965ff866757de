// What a node knows of PoOT after a chain of blocks. `createPootState` and `restorePootState` make one.
import type { Block, BlockHeader, Transaction } from '@lucid/ledger';
import type { SlotLeaders } from './leaders.ts';
import type { NodeRegistrationData, TallyData, TaskProofData } from './payloads.ts';
import type { SlotResult } from './slot-winner.ts';
import type { PootSnapshot } from './snapshot.ts';
import type { SystemFault, SystemVerdict } from './system-verdict.ts';
import type { Tally } from './tally.ts';

/** Of a block only this is read; signatures and certificates are judged elsewhere. */
export type FoldedBlock = Pick<Block, 'header' | 'hash' | 'transactions'>;

export interface RegisteredNode {
  readonly node_id: string;
  readonly public_key: string;
  readonly pool_id?: string;
}

/** Judges the `system` transactions of one block in their order: what is accepted counts for those after it. */
export interface BlockJudge {
  /** Signature, age and size of the transaction are not its business: `verifyTransaction` of @lucid/ledger. Throws nothing. */
  readonly judge: (transaction: Transaction) => SystemVerdict;
}

export interface PootState {
  /** In the order of the genesis block. */
  readonly validators: readonly string[];
  readonly tip: { readonly height: number; readonly hash: string; readonly slot: number };

  /**
   * Takes in the next confirmed block. System transactions that do not hold change nothing and are named in the outcome.
   * Throws `not_next` for a block that does not follow the tip, and has then changed nothing.
   */
  readonly fold: (block: FoldedBlock) => FoldOutcome;

  /** The schedule of a slot given the chain up to the tip. Throws `slot_passed` for slots before the tip's. */
  readonly leadersOf: (slot: number) => SlotLeaders;
  /** Undefined where the slot has no such view. Throws `slot_passed`. */
  readonly leaderOfView: (view: number) => string | undefined;
  /** Whether the validator may lead at the slot and fallback index of this header; fits `BlockRules.mayLead`. */
  readonly mayLead: (header: Pick<BlockHeader, 'slot' | 'fallback_index' | 'validator'>) => boolean;

  /** Judges one transaction as the first of a block in this slot. Throws nothing. */
  readonly judgeSystemTransaction: (transaction: Transaction, blockSlot: number) => SystemVerdict;
  /** Judge for a whole block after the tip; it lives until the next `fold`. */
  readonly openBlock: (blockSlot: number) => BlockJudge;

  /** What the leader of a block in this slot has to put in; undefined when its epoch has a tally or nothing to say. */
  readonly tallyDue: (slot: number) => TallyData | undefined;
  /** The tally that decides the leaders of this slot. Throws `slot_passed`. */
  readonly tallyInForce: (slot: number) => TallyData | undefined;
  /** Tally of the epoch of this slot with all its entities, on the chain or not. Throws `slot_passed`. */
  readonly fullTally: (slot: number) => Tally;

  readonly node: (nodeId: string) => RegisteredNode | undefined;
  /** Genesis validators first, then by id. */
  readonly nodes: () => readonly RegisteredNode[];

  /** Plain JSON from which `restorePootState` makes an equal state. Equal states have equal snapshots. */
  readonly snapshot: () => PootSnapshot;
}

export interface FoldOutcome {
  readonly proofs: readonly TaskProofData[];
  readonly registered: readonly NodeRegistrationData[];
  readonly tally?: TallyData;
  readonly refused: readonly (SystemFault & { readonly index: number; readonly tx_id: string })[];
  /** When the block opens a new slot: what came of the slot of the block before it. */
  readonly closed?: SlotResult;
  /** Slots between the two, both inclusive, which stayed empty. */
  readonly missed?: { readonly from: number; readonly to: number };
}
