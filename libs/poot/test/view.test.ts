import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fallbackOfView, nextView, slotOfView, takeoverGraceMs, viewOf, viewsPerSlot } from '../src/index.ts';

describe('a view', () => {
  it('is slot × 4 + fallback index, and says both', () => {
    expect(viewOf(72_000, 0)).toBe(288_000);
    expect(viewOf(72_000, 3)).toBe(288_003);
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(3), (slot, k) => {
        const view = viewOf(slot, k);
        expect([slotOfView(view), fallbackOfView(view)]).toEqual([slot, k]);
      }),
    );
  });

  it('exists min(4, n) times in a slot', () => {
    expect([1, 2, 3, 4, 17].map(viewsPerSlot)).toEqual([1, 2, 3, 4, 4]);
  });

  it.each([
    [1, [288_000, 288_004, 288_008]],
    [2, [288_000, 288_001, 288_004]],
    [3, [288_000, 288_001, 288_002, 288_004]],
    [17, [288_000, 288_001, 288_002, 288_003, 288_004]],
  ])('is followed by one that has a leader, among %i', (validators, views) => {
    const walk = [viewOf(72_000, 0)];
    while (walk.length < views.length) walk.push(nextView(walk.at(-1) ?? -1, validators));
    expect(walk).toEqual(views);
  });

  it('is refused where there is none', () => {
    for (const bad of [
      () => viewOf(1, 4),
      () => viewOf(1, -1),
      () => viewOf(-1, 0),
      () => viewOf(0.5, 0),
      () => viewOf(Number.MAX_SAFE_INTEGER, 0),
      () => slotOfView(-1),
      () => fallbackOfView(1.5),
    ]) {
      expect(bad).toThrow(expect.objectContaining({ code: 'bad_view' }));
    }
  });

  it('has a grace of half a block time, at most five seconds', () => {
    expect([1000, 5000, 10_000, 60_000].map(takeoverGraceMs)).toEqual([500, 2500, 5000, 5000]);
  });
});
