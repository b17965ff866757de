import { describe, expect, it } from 'vitest';
import { parseRange } from '../src/domain/byte-range.ts';

describe('a Range header', () => {
  it.each([
    [undefined, undefined],
    ['bytes=0-9', { first: 0, last: 9 }],
    ['bytes=5-', { first: 5, last: 99 }],
    ['bytes=-10', { first: 90, last: 99 }],
    ['bytes=-1000', { first: 0, last: 99 }],
    ['bytes=90-1000', { first: 90, last: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=9-5', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-9', undefined],
  ])('%s of 100 bytes means %o', (header, meaning) => {
    expect(parseRange(header, 100)).toEqual(meaning);
  });
});
