// Who may vote: a validator that knows what it said before.
//
//                    a memory of its votes
//  start ────────────────────────────────────────────────────────────▶ voting
//    │ none                                                               ▲ ▲
//    ├──▶ silent ──a block is confirmed in a slot after its start─────────┘ │
//    └──▶ silent novice (its chain has only the first block) ──more than 2/3 say that they are novices──┘
//
// Why a later slot is enough. A node votes only in slots that have begun by its clock, and its views only grow. Let the
// forgotten votes be of slots up to s, and block h be confirmed by votes of a slot after s. If a block above h had
// been confirmed by votes of slots up to s, then one validator would have cast both, a higher height first and a later view
// after it, or the other way round; an honest one does neither. So nothing that was decided hangs on what was forgotten.
import { slotAt } from '@lucid/ledger';

/** How far the clock of a node may be set back across the loss of its store. */
const CLOCK_MARGIN_MS = 30_000;

export interface VotingRight {
  /** It began without a memory and has known no block but the first since. Said in its status until the first commit. */
  readonly novice: boolean;
  /** Null: it may vote. */
  readonly silentThroughSlot: number | null;
}

/** For a node that finds no memory. Alone it decides, and what it decided is in its chain, so nothing is forgotten. */
export function rightWithoutMemory(nowMs: number, tipHeight: number, validatorCount: number): VotingRight {
  if (validatorCount === 1) return { novice: tipHeight === 0, silentThroughSlot: null };
  return { novice: tipHeight === 0, silentThroughSlot: slotAt(nowMs + CLOCK_MARGIN_MS) };
}

/** After a block was confirmed by votes of that slot. */
export function rightAfterCommit(right: VotingRight, slot: number): VotingRight {
  const isOver = right.silentThroughSlot !== null && slot > right.silentThroughSlot;
  return { novice: false, silentThroughSlot: isOver ? null : right.silentThroughSlot };
}
