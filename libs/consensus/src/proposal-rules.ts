// Whether a proposal may be voted for, before anyone looks at what is in the block.
import { MAX_BLOCK_LEAD_MS, slotAt, tickAt, timestampMs, VIEWS_PER_SLOT, viewOf } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Context } from './context.ts';
import type { ProposalMessage } from './message.ts';

export type ProposalFault =
  | 'not_next'
  | 'not_by_its_leader'
  | 'not_of_this_view'
  | 'not_in_its_slot'
  | 'not_after_parent'
  | 'in_the_future';

/**
 * What its leader is to blame for; author, hash and proof were checked when it came in. A new block is of the view it is
 * proposed in. One that is proposed again is of an earlier view, that of its proof or before.
 */
export function proposalFault<B extends ConsensusBlock>(
  node: Context<B>,
  { block, proposal }: ProposalMessage<B>,
): ProposalFault | undefined {
  const { round, flaws } = node;
  const { header } = block;
  if (header.height !== round.height || header.previous_hash !== round.tip.hash) return 'not_next';
  if (header.fallback_index >= VIEWS_PER_SLOT) return 'not_by_its_leader';
  const madeIn = viewOf(header.slot, header.fallback_index);
  if (proposal.pol_view === null ? madeIn !== proposal.view : madeIn >= proposal.view)
    return 'not_of_this_view';
  if (!flaws.followsAnyone && round.leaderOf(madeIn) !== header.validator) return 'not_by_its_leader';
  return flaws.ignoresTimestamps ? undefined : timeFault(node, header);
}

function timeFault<B extends ConsensusBlock>(
  { round, settings, nowMs }: Context<B>,
  header: B['header'],
): ProposalFault | undefined {
  const timeMs = timestampMs(header.timestamp);
  if (timeMs === undefined || slotAt(timeMs) !== header.slot) return 'not_in_its_slot';
  // A later tick is a later time, too: one block per tick.
  if (tickAt(timeMs, settings.blockTimeMs) <= tickAt(round.tipTimeMs, settings.blockTimeMs))
    return 'not_after_parent';
  return timeMs > nowMs + MAX_BLOCK_LEAD_MS ? 'in_the_future' : undefined;
}
