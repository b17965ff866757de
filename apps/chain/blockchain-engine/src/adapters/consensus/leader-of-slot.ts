import type { LeaderOfSlot } from '@lucid/contracts';
import { errors } from '../../errors.ts';
import type { Ranking } from './ranking.ts';
import type { RankingStore } from './ranking-store.ts';

/** Who leads a slot by the chain as it stands, or led it, and then how it went. @throws 6210 */
export async function leaderOfSlot(
  { ranking, schedule }: { ranking: Pick<Ranking, 'atTip'>; schedule: Pick<RankingStore, 'slot'> },
  slot: number,
): Promise<LeaderOfSlot> {
  const state = await ranking.atTip();
  if (slot >= state.tip.slot) {
    const { epoch, primary, fallbacks } = state.leadersOf(slot);
    return { slot, epoch, primary, fallbacks: [...fallbacks], result: null };
  }
  const kept = await schedule.slot(slot);
  if (!kept) throw errors.SLOT_UNKNOWN();
  const { epoch, primary, fallbacks, result } = kept;
  return { slot, epoch, primary, fallbacks: [...fallbacks], result };
}
