// Which slots were won by whom, as far as the cooldown looks back, and which tally was in force when.
import { COOLDOWN_SLOTS } from './constants.ts';
import { leadersOf, type SlotLeaders } from './leaders.ts';
import type { TallyData } from './payloads.ts';
import { PootError } from './poot-error.ts';
import { addShare, type LedBlock, resultOf, type SlotShare } from './slot-winner.ts';
import type { FoldOutcome } from './state.ts';

/** The slot of the tip is open: its winner is not known and a tally that it confirms is not in force yet. */
export interface SlotHistoryData {
  readonly wins: readonly { readonly slot: number; readonly winner: string }[];
  readonly shares: readonly SlotShare[];
  readonly filledBefore: number | undefined;
  readonly tally: TallyData | undefined;
  readonly nextTally: TallyData | undefined;
}

export const EMPTY_HISTORY: SlotHistoryData = {
  wins: [],
  shares: [],
  filledBefore: undefined,
  tally: undefined,
  nextTally: undefined,
};

/** The newest tally on the chain, in force or about to be. */
export function newestTally({ tally, nextTally }: SlotHistoryData): TallyData | undefined {
  return nextTally ?? tally;
}

/** The history as a slot after `openSlot` finds it: the open slot closed. */
export function closeSlot(history: SlotHistoryData, openSlot: number): SlotHistoryData {
  const result = resultOf(openSlot, history.shares);
  const wins =
    result.reason === 'timeout' ? history.wins : [...history.wins, { slot: openSlot, winner: result.winner }];
  return {
    wins: wins.filter(({ slot }) => slot > openSlot - COOLDOWN_SLOTS),
    shares: [],
    filledBefore: openSlot,
    tally: newestTally(history),
    nextTally: undefined,
  };
}

/** The history with one more block, and what it says of the slots before. */
export function addBlock(
  history: SlotHistoryData,
  openSlot: number,
  block: LedBlock,
): { readonly history: SlotHistoryData; readonly outcome: Pick<FoldOutcome, 'closed' | 'missed'> } {
  if (block.slot === openSlot) {
    return { history: { ...history, shares: addShare(history.shares, block) }, outcome: {} };
  }
  const closed = closeSlot(history, openSlot);
  const gap = block.slot > openSlot + 1 ? { from: openSlot + 1, to: block.slot - 1 } : undefined;
  return {
    history: { ...closed, shares: addShare([], block) },
    outcome: {
      // Nobody led the genesis block, so its slot is only closed when it has a block beside it.
      ...(history.shares.length > 0 && { closed: resultOf(openSlot, history.shares) }),
      ...(gap && { missed: gap }),
    },
  };
}

/** What is in force in a slot, whose leaders must not change while it lasts. Throws `slot_passed`. */
export function historyAt(history: SlotHistoryData, openSlot: number, slot: number): SlotHistoryData {
  if (slot < openSlot) throw new PootError('slot_passed', `slot ${slot} lies before the tip's ${openSlot}`);
  return slot === openSlot ? history : closeSlot(history, openSlot);
}

/** Schedule of a slot. Throws `slot_passed`. */
export function leadersAfter(
  history: SlotHistoryData,
  openSlot: number,
  slot: number,
  validators: readonly string[],
): SlotLeaders {
  const { tally, wins, filledBefore } = historyAt(history, openSlot, slot);
  return leadersOf(slot, {
    validators,
    tally,
    wins,
    ...(filledBefore !== undefined && { lastFilledSlot: filledBefore }),
  });
}
