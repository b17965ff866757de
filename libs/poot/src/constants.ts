// The numbers of PoOT (Proof of Operational Tasks). All of them are part of the protocol: two nodes with different ones
// fork. Source, unless a line says otherwise: the list of immutable constants of the chain specification, section 1.6.
import { SLOTS_PER_EPOCH } from '@lucid/ledger';

/** Slots for which a winner rests. Fewer in small networks, see `cooldownSlots`. */
export const COOLDOWN_SLOTS = 16;

/** A tally looks back this many days. An epoch is a UTC day (720 slots of 120 s), so it is as many epochs. */
export const LEADER_WINDOW_DAYS = 7;

/** Seconds in the window: an uptime of 1. */
export const WINDOW_SECONDS = LEADER_WINDOW_DAYS * 24 * 60 * 60;

/** D_MIN = 0.2 as a fraction, since the test has to be exact: 33.6 hours of a week. */
export const MIN_UPTIME = { numerator: 1, denominator: 5 } as const;

/** BASE_MB_PER_SESSION = 5: so many relayed bytes weigh as much as one relayed session. */
export const RELAY_BYTES_PER_CREDIT = 5 * 2 ** 20;

/** Credits per GiB of a storage proof, per stored chunk, and per validated session (table of task proofs). */
export const STORAGE_CREDITS_PER_GIB = 10;
export const STORAGE_CREDITS_PER_CHUNK = 2;
export const VALIDATION_CREDITS = 5;

/** Fallbacks that a schedule lists: ranks 2 to 6. */
export const LISTED_FALLBACKS = 5;

/** An uptime beacon claims at most the length of a slot. */
export const MAX_UPTIME_SECONDS = 120;

/** How far the slot of a proof may be from the slot of the block that holds it, in both directions. */
export const MAX_SLOT_DISTANCE = 2;

/** A block with so many successors is final, and only such a block seeds the tie-break. */
export const FINALITY_DEPTH = 6;

/** Scale of `live` and `uptime` in a tally: integers order alike on every machine. */
export const SCORE_SCALE = 1_000_000;

/** First slot of an epoch. */
export function firstSlotOfEpoch(epoch: number): number {
  return epoch * SLOTS_PER_EPOCH;
}

/** C = min(16, n − 1): with 16 the queue would be empty where 16 or fewer are eligible. `eligible` ≥ 1. */
export function cooldownSlots(eligible: number): number {
  return Math.min(COOLDOWN_SLOTS, eligible - 1);
}
