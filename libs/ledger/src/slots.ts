// Time on the chain: slots are terms of leaders, ticks are moments for blocks. Wall clock in, numbers out.

/** 2024-01-01T00:00:00Z, the start of slot 0. */
export const CHAIN_EPOCH_MS = Date.UTC(2024, 0, 1);
export const SLOT_DURATION_MS = 120_000;
export const SLOTS_PER_EPOCH = 720; // 24 hours

/** slot(t) = floor((t − CHAIN_EPOCH) / 120 s), for milliseconds since 1970. */
export function slotAt(timeMs: number): number {
  return Math.floor((timeMs - CHAIN_EPOCH_MS) / SLOT_DURATION_MS);
}

export function epochOfSlot(slot: number): number {
  return Math.floor(slot / SLOTS_PER_EPOCH);
}

/** epoch(t) = floor(slot(t) / 720) */
export function epochAt(timeMs: number): number {
  return epochOfSlot(slotAt(timeMs));
}

/** tick(t) = floor((t − CHAIN_EPOCH) / block time) */
export function tickAt(timeMs: number, blockTimeMs: number): number {
  return Math.floor((timeMs - CHAIN_EPOCH_MS) / blockTimeMs);
}

/** First millisecond of a slot; it ends where the next one starts. */
export function slotStartMs(slot: number): number {
  return CHAIN_EPOCH_MS + slot * SLOT_DURATION_MS;
}

/** First millisecond of a tick. */
export function tickStartMs(tick: number, blockTimeMs: number): number {
  return CHAIN_EPOCH_MS + tick * blockTimeMs;
}
