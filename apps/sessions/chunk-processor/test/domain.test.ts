import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WorkPlace } from '../src/adapters/work-place.ts';
import { Pace } from '../src/domain/pace.ts';

describe('the pace', () => {
  it('slows down with every failure up to five seconds and forgets them after a success', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), (failures, fraction) => {
        const pace = new Pace();
        for (let index = 0; index < failures; index++) pace.failed();
        const fullMs = failures === 0 ? 0 : Math.min(5000, 200 * 2 ** (failures - 1));
        expect(pace.pauseMs(fraction)).toBeGreaterThanOrEqual(fullMs / 2);
        expect(pace.pauseMs(fraction)).toBeLessThanOrEqual(fullMs);
        pace.succeeded();
        expect(pace.pauseMs(fraction)).toBe(0);
      }),
    );
  });
});

describe('the work place', () => {
  it('keeps its memory from chunk to chunk and nothing that was in it', () => {
    const place = new WorkPlace();
    const memory = place.plain;
    memory.fill(7, 0, 1000);
    place.wipe(1000);
    expect(place.plain).toBe(memory);
    expect(memory.subarray(0, 1000).every((byte) => byte === 0)).toBe(true);
  });
});
