import type { ConsensusBlock } from '../block.ts';
import type { Context, Rule } from '../context.ts';
import { stragglersMs } from '../view-clock.ts';

/**
 * More than two thirds prevoted a block in this view: it is the valid block from now on, and whoever has not precommitted
 * yet locks it and precommits it (line 36 of arXiv 1807.04938).
 */
export const lockAndPrecommit: Rule = (node) => {
  const { round, outbox } = node;
  const { outcome } = round.votes.ballot(round.view, 'prevote');
  if (node.voter === undefined || !round.prevote || typeof outcome !== 'string') return false;
  if (round.valid?.pol.view === round.view) return false;
  const block = round.proposals.block(outcome);
  if (!block) return false;
  const verdict = round.proposals.verdict(outcome);
  if (verdict === undefined && round.proposals.asksFor(outcome))
    outbox.ask({ kind: 'judge', block, parent: round.tip });
  if (verdict !== true) return false;
  round.valid = { block, pol: round.votes.certificate(round.view, 'prevote', outcome) };
  if (round.precommit) return true;
  round.locked = { view: round.view, block_hash: outcome };
  node.castVote('precommit', outcome);
  return true;
};

/**
 * More than two thirds prevoted nothing, or they are split and the stragglers had their time: this view brings no block, and
 * the precommit for nothing gives it up (lines 44 and 61). Stragglers of the last view of a slot have until the slot ends.
 */
export const precommitNothing: Rule = (node) => {
  const { round } = node;
  if (node.voter === undefined || !round.prevote || round.precommit || !isHopeless(node)) return false;
  node.castVote('precommit', null);
  return true;
};

function isHopeless<B extends ConsensusBlock>(node: Context<B>): boolean {
  const { round, nowMs } = node;
  const { outcome, isWide, isFull } = round.votes.ballot(round.view, 'prevote');
  if (outcome === null) return true;
  if (!isWide) return false;
  // With an outcome only the block or its verdict is missing, and both may still come.
  if (isFull && outcome === undefined) return true;
  if (round.isLastView) return false;
  round.splitPrevotesMs ??= nowMs;
  const endMs = round.splitPrevotesMs + stragglersMs(round.graceMs);
  if (nowMs >= endMs) return true;
  node.alarm(endMs);
  return false;
}
