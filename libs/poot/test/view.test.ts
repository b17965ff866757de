import { describe, expect, it } from 'vitest';
import { takeoverGraceMs, viewsPerSlot } from '../src/index.ts';

describe('a view', () => {
  it('exists min(4, n) times in a slot', () => {
    expect([1, 2, 3, 4, 17].map(viewsPerSlot)).toEqual([1, 2, 3, 4, 4]);
  });

  it('has a grace of half a block time, at most five seconds', () => {
    expect([1000, 5000, 10_000, 60_000].map(takeoverGraceMs)).toEqual([500, 2500, 5000, 5000]);
  });
});
