// Who may lead a slot, and in which order. A function of the chain alone: every node computes the same.
import { epochOfSlot } from '@lucid/ledger';
import { cooldownSlots, LISTED_FALLBACKS } from './constants.ts';
import type { TallyData } from './payloads.ts';
import { PootError } from './poot-error.ts';
import { viewsPerSlot } from './view.ts';

export interface LeaderInput {
  /** Genesis validators in the order of the genesis block; at least one. */
  readonly validators: readonly string[];
  /** The newest tally confirmed before the slot; without one the validators take turns. */
  readonly tally?: Pick<TallyData, 'epoch' | 'entries'> | undefined;
  /** Winners of slots before this one, missed slots left out. Only the last 16 slots count. */
  readonly wins: readonly { readonly slot: number; readonly winner: string }[];
  /** The last slot before this one that holds a block. @default the slot just before */
  readonly lastFilledSlot?: number;
}

export interface SlotLeaders {
  readonly slot: number;
  readonly epoch: number;
  readonly primary: string;
  /** Up to five. Only the first three get a view, fewer where there are fewer validators: see `leaderAt`. */
  readonly fallbacks: readonly string[];
  /** Views of the slot: min(4, validators). */
  readonly views: number;
  /** `bootstrap`: nobody is eligible and the genesis validators take turns. */
  readonly basis: 'tally' | 'bootstrap';
  /** Epoch of the tally in force, where there is one. */
  readonly tally_epoch?: number;
}

/**
 * The schedule of a slot (specification 1.6):
 *
 *     n = eligible validators, C = min(16, n − 1), cool = winners of slots s−C … s−1
 *     queue = eligible not in cool by rank, then those in cool, oldest win first
 *
 * and two things that keep the chain alive when leaders are dead. The validators that are not eligible close the queue in
 * turns, since one eligible validator that dies would otherwise end the chain: no block, no newer tally. And after slots
 * in which nobody produced, the queue goes on behind those who had their chance in them. Throws `bad_genesis` without validators.
 */
export function leadersOf(slot: number, input: LeaderInput): SlotLeaders {
  const { validators, tally, lastFilledSlot = slot - 1 } = input;
  const ring = rotated(validators, slot);
  const eligible = eligibleOf(input);
  const others = ring.filter((validator) => !eligible.includes(validator));
  const queue = [...cooled(slot, eligible, input.wins), ...others];
  const views = viewsPerSlot(validators.length);
  const missed = Math.max(0, slot - lastFilledSlot - 1);
  // Turns need no help: they move by themselves.
  const [primary, ...rest] = eligible.length === 0 ? ring : rotated(queue, missed * views);
  if (primary === undefined) throw new PootError('bad_genesis', 'a chain without validators has no leaders');
  return {
    slot,
    epoch: epochOfSlot(slot),
    primary,
    fallbacks: rest.slice(0, LISTED_FALLBACKS),
    views,
    basis: eligible.length === 0 ? 'bootstrap' : 'tally',
    ...(tally && { tally_epoch: tally.epoch }),
  };
}

/** Leader of the view with this fallback index; undefined where the slot has no such view. */
export function leaderAt(leaders: SlotLeaders, fallbackIndex: number): string | undefined {
  if (fallbackIndex >= leaders.views) return undefined;
  return fallbackIndex === 0 ? leaders.primary : leaders.fallbacks[fallbackIndex - 1];
}

/** Validators that the tally calls eligible, by rank. */
function eligibleOf({ validators, tally }: LeaderInput): string[] {
  return (tally?.entries ?? [])
    .filter(({ eligible, entity_id }) => eligible && validators.includes(entity_id))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ entity_id }) => entity_id);
}

function cooled(slot: number, eligible: readonly string[], wins: LeaderInput['wins']): string[] {
  const from = slot - cooldownSlots(eligible.length);
  const lastWin = new Map<string, number>();
  for (const win of wins) {
    if (win.slot < from || win.slot >= slot) continue;
    lastWin.set(win.winner, Math.max(win.slot, lastWin.get(win.winner) ?? 0));
  }
  const since = (entity: string) => lastWin.get(entity) ?? -1;
  // The sort is stable: those that have not won keep their ranks.
  return eligible.toSorted((a, b) => since(a) - since(b));
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
