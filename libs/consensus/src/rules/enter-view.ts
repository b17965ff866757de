import { slotAt, slotOfView, slotStartMs, VIEWS_PER_SLOT, viewOf } from '@lucid/ledger';
import type { ConsensusBlock } from '../block.ts';
import type { Context, Rule } from '../context.ts';
import { stragglersMs } from '../view-clock.ts';

/**
 * The next view comes by the clock (a slot begins), by vote (more than two thirds have precommitted without agreeing on a
 * block: the view is given up), or by hearsay (more than a third are there already, so an honest one has seen the vote).
 * After the last fallback nobody comes until the next slot.
 */
export const enterNextView: Rule = (node) => {
  const { round, nowMs } = node;
  const slot = slotAt(nowMs);
  if (slot > slotOfView(round.view)) {
    round.enter(viewOf(slot, 0), nowMs);
    return true;
  }
  node.alarm(slotStartMs(slotOfView(round.view) + 1));
  const next = isGivenUp(node) ? round.view + 1 : reachedByOthers(node, slot);
  if (next === undefined || next % VIEWS_PER_SLOT >= round.leadersOf(slotOfView(next)).length) return false;
  if (slotOfView(next) !== slotOfView(round.view)) return false;
  round.enter(next, nowMs);
  return true;
};

function isGivenUp<B extends ConsensusBlock>(node: Context<B>): boolean {
  const { round, nowMs } = node;
  const { outcome, isWide, isFull } = round.votes.ballot(round.view, 'precommit');
  if (outcome === null) return true;
  if (outcome !== undefined || !isWide) return false; // decided, or too few have spoken
  if (isFull) return true;
  round.splitPrecommitsMs ??= nowMs;
  const endMs = round.splitPrecommitsMs + stragglersMs(round.graceMs);
  if (nowMs >= endMs) return true;
  node.alarm(endMs);
  return false;
}

function reachedByOthers<B extends ConsensusBlock>(node: Context<B>, slot: number): number | undefined {
  const { round, peers, settings } = node;
  const moreThanThird = Math.floor(settings.validators.length / 3) + 1;
  return peers.viewReachedBy(moreThanThird, round.height, round.view, slot);
}
