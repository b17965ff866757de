// The lock: why two blocks of one height cannot both be confirmed.
//
//   no lock ──precommit B in view v──▶ locked (v, B) ──more than 2/3 prevote C in view w > v──▶ locked (w, C)
//
// Whoever precommitted B prevotes nothing but B, unless it is shown that more than two thirds prevoted another block in
// the view of its lock or later. If B was decided in view v, more than two thirds are locked on it; so no other
// block ever gets more than two thirds of the prevotes in a later view, and there is nothing to show.
import type { Flaws } from './flaws.ts';
import type { Lock } from './memory.ts';
import type { Proposal } from './proposal.ts';

/** Whether a node with this lock may prevote the proposal (lines 23 and 29 of arXiv 1807.04938). The proof is checked. */
export function lockAllows(lock: Lock | null, proposal: Proposal, flaws: Flaws): boolean {
  if (lock === null || flaws.forgetsLock) return true;
  if (lock.block_hash === proposal.block_hash) return true;
  return proposal.pol_view !== null && proposal.pol_view >= lock.view;
}
