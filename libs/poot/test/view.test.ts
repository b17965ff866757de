import { describe, expect, it } from 'vitest';
import { viewsPerSlot } from '../src/index.ts';

describe('a view', () => {
  it('exists min(4, n) times in a slot', () => {
    expect([1, 2, 3, 4, 17].map(viewsPerSlot)).toEqual([1, 2, 3, 4, 4]);
  });
});
