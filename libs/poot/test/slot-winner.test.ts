import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LedBlock, winnerOf } from '../src/index.ts';

const block = (height: number, validator: string, fallback_index = 0, slot = 7): LedBlock => ({
  slot,
  height,
  validator,
  fallback_index,
});

describe('the winner of a slot', () => {
  it('has most confirmed blocks in it', () => {
    const blocks = [block(1, 'a'), block(2, 'b', 1), block(3, 'b', 1)];
    expect(winnerOf(7, blocks)).toEqual({ slot: 7, winner: 'b', reason: 'fallback_1' });
    expect(winnerOf(7, [...blocks, block(4, 'a'), block(5, 'a')])).toEqual({
      slot: 7,
      winner: 'a',
      reason: 'primary',
    });
  });

  it('is the one with the last block among those with equally many', () => {
    expect(winnerOf(7, [block(1, 'a'), block(2, 'b', 2)])).toMatchObject({
      winner: 'b',
      reason: 'fallback_2',
    });
    expect(winnerOf(7, [block(1, 'b', 2), block(2, 'a')])).toMatchObject({ winner: 'a', reason: 'primary' });
  });

  it('is nobody where the slot holds no block', () => {
    const missed = { slot: 7, winner: 'missed', reason: 'timeout' };
    expect(winnerOf(7, [])).toEqual(missed);
    expect(winnerOf(7, [block(1, 'a', 0, 6), block(2, 'a', 0, 8)])).toEqual(missed);
  });

  it('does not depend on the order in which the blocks are told', () => {
    const chain = fc
      .array(fc.record({ validator: fc.constantFrom('a', 'b', 'c'), fallback_index: fc.nat(3) }), {
        maxLength: 12,
      })
      .map((list) => list.map(({ validator, fallback_index }, i) => block(i, validator, fallback_index)));
    fc.assert(
      fc.property(
        chain.chain((blocks) =>
          fc.tuple(fc.constant(blocks), fc.shuffledSubarray(blocks, { minLength: blocks.length })),
        ),
        ([inOrder, shuffled]) => {
          expect(winnerOf(7, shuffled)).toEqual(winnerOf(7, inOrder));
        },
      ),
    );
  });
});
