import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, changesBetween } from '../src/changes.ts';

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('the changes between two values', () => {
  it('make one of the other, whatever they are, and leave the first as it was', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const before = JSON.stringify(from);
        expect(applyChanges(from, changesBetween(from, to))).toEqual(to);
        expect(JSON.stringify(from)).toBe(before);
      }),
    );
  });

  it('are none between equals, and as small as the difference', () => {
    const from = { chunks: [{ size: 1 }, { size: 2 }], owner: 'a', note: 'n' };
    expect(changesBetween(from, structuredClone(from))).toEqual([]);
    expect(changesBetween(from, { chunks: [{ size: 1 }, { size: 3 }], owner: 'a' })).toEqual([
      { path: ['chunks', 1, 'size'], value: 3 },
      { path: ['note'] },
    ]);
    expect(changesBetween(from, { ...from, chunks: [] })).toEqual([{ path: ['chunks'], value: [] }]);
  });

  it('lead somewhere, or are refused', () => {
    expect(() => applyChanges({}, [{ path: ['a', 'b'], value: 1 }])).toThrow(TypeError);
  });
});
