import type { ConsensusBlock } from '../block.ts';
import type { Context } from '../context.ts';

/**
 * Since when a block is to be expected at this height; undefined while there is nothing to wait for. Where empty blocks are
 * made that is always. Else: transactions wait here, or a block was proposed, or more than a third have given up the leader
 * (one alone may be lying).
 */
export function reasonToWait<B extends ConsensusBlock>(node: Context<B>): number | undefined {
  const { round, settings, nowMs } = node;
  if (settings.makesEmptyBlocks) return round.viewEnteredMs;
  const impatient = round.votes.countFor(round.view, 'prevote', null);
  const hasReason =
    node.hasWork ||
    round.valid !== null ||
    !round.proposals.isEmpty ||
    impatient * 3 > settings.validators.length;
  if (hasReason) round.reasonSinceMs ??= nowMs;
  return hasReason ? round.reasonSinceMs : undefined;
}
