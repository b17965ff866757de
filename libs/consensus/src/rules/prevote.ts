import type { ConsensusBlock } from '../block.ts';
import type { Context, Rule } from '../context.ts';
import { lockAllows } from '../lock-rules.ts';
import { proposalFault } from '../proposal-rules.ts';
import { reasonToWait } from './reason.ts';

/** One prevote per view: for the leader's proposal when it is right and the lock allows it, else for nothing. */
export const prevoteOnce: Rule = (node) => {
  const { round } = node;
  if (node.voter === undefined || round.prevote) return false;
  const says = opinion(node);
  if (says === undefined) return false;
  node.castVote('prevote', says);
  return true;
};

/** Undefined: not yet. */
function opinion<B extends ConsensusBlock>(node: Context<B>): string | null | undefined {
  const { round, flaws, outbox, nowMs } = node;
  const message = round.proposals.of(round.view);
  if (message) {
    const { proposal, block } = message;
    if (proposalFault(node, message) !== undefined) return null;
    if (!lockAllows(round.locked, proposal, flaws)) return null;
    const verdict = round.proposals.verdict(block.hash);
    if (verdict !== undefined) return verdict ? block.hash : null;
    if (round.proposals.asksFor(block.hash)) outbox.ask({ kind: 'judge', block, parent: round.tip });
  }
  const endMs = patienceEndsMs(node, message !== undefined);
  if (endMs === undefined) return undefined;
  if (nowMs >= endMs) return null;
  node.alarm(endMs);
  return undefined;
}

/**
 * A leader has one grace from the start of the tick, or of its view when that is later; a block that came in time may take
 * one more to be judged. The last leader that a slot has is waited for until the slot ends.
 */
function patienceEndsMs<B extends ConsensusBlock>(node: Context<B>, hasCome: boolean): number | undefined {
  const { round } = node;
  const reasonMs = reasonToWait(node);
  if (reasonMs === undefined || round.isLastView) return undefined;
  const startMs = Math.max(round.opensAtMs, round.viewEnteredMs, reasonMs);
  return startMs + round.graceMs * (hasCome ? 2 : 1);
}
