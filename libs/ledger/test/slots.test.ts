import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHAIN_EPOCH_MS,
  epochAt,
  epochOfSlot,
  LedgerError,
  slotAt,
  slotStartMs,
  tickAt,
  tickStartMs,
  timestampMs,
  timestampOf,
} from '../src/index.ts';

describe('chain time', () => {
  it('starts with slot, epoch and tick 0 at the beginning of 2024', () => {
    const start = Date.parse('2024-01-01T00:00:00Z');
    expect([slotAt(start), epochAt(start), tickAt(start, 10_000)]).toEqual([0, 0, 0]);
    expect(slotAt(start - 1)).toBe(-1);
  });

  it('has slots of 120 s, epochs of a day, and 12 ticks of 10 s per slot', () => {
    expect(slotAt(CHAIN_EPOCH_MS + 119_999)).toBe(0);
    expect(slotAt(CHAIN_EPOCH_MS + 120_000)).toBe(1);
    expect(epochAt(CHAIN_EPOCH_MS + 86_400_000 - 1)).toBe(0);
    expect(epochAt(CHAIN_EPOCH_MS + 86_400_000)).toBe(1);
    expect(tickAt(slotStartMs(5), 10_000)).toBe(60);
  });

  it('puts every instant inside its slot and tick', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: CHAIN_EPOCH_MS, max: CHAIN_EPOCH_MS * 3 }),
        fc.integer({ min: 1, max: 60 }),
        (ms, seconds) => {
          const slot = slotAt(ms);
          expect(slotStartMs(slot) <= ms && ms < slotStartMs(slot + 1)).toBe(true);
          expect(epochAt(ms)).toBe(epochOfSlot(slot));
          const tick = tickAt(ms, seconds * 1000);
          expect(tickStartMs(tick, seconds * 1000) <= ms && ms < tickStartMs(tick + 1, seconds * 1000)).toBe(
            true,
          );
        },
      ),
    );
  });

  it('has one spelling per instant', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 253_402_300_799_999 }),
        (ms) => timestampMs(timestampOf(ms)) === ms,
      ),
    );
    for (const text of [
      '2026-02-30T00:00:00.000Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.000+00:00',
      'now',
      '',
    ]) {
      expect(timestampMs(text)).toBeUndefined();
    }
    for (const ms of [Number.NaN, 1e17, 253_402_300_800_000])
      expect(() => timestampOf(ms)).toThrow(LedgerError);
  });
});
