import { isQuorum, type Vote } from '@lucid/ledger';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Patience } from '../src/patience.ts';
import { graceMs, opensAtMs, stragglersMs } from '../src/view-clock.ts';
import { VoteBook } from '../src/vote-book.ts';

const aVote = (
  validator: number,
  block_hash: string | null,
  view = 1,
  phase: Vote['phase'] = 'precommit',
): Vote => ({
  phase,
  height: 1,
  view,
  block_hash,
  validator: `n${validator}`,
  signature: `by ${validator}`,
});

describe('the vote book', () => {
  it('finds a majority exactly when more than two thirds said the same, whatever the order and repetitions', () => {
    const ballots = fc
      .integer({ min: 1, max: 10 })
      .chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.array(fc.tuple(fc.nat(n - 1), fc.constantFrom('a', 'b', null)), { maxLength: 40 }),
        ),
      );
    fc.assert(
      fc.property(ballots, ([n, said]) => {
        const book = new VoteBook(n);
        const first = new Map<number, string | null>();
        for (const [validator, hash] of said) {
          const before = first.has(validator);
          const { result } = book.add(aVote(validator, hash));
          const expected = !before ? 'new' : first.get(validator) === hash ? 'known' : 'conflict';
          expect(result).toBe(expected);
          if (!before) first.set(validator, hash);
        }
        const counts = ['a', 'b', null].map(
          (hash) => [...first.values()].filter((one) => one === hash).length,
        );
        const winner = (['a', 'b', null] as const).find((_, index) => isQuorum(counts[index] ?? 0, n));
        const ballot = book.ballot(1, 'precommit');
        expect(ballot.outcome).toBe(winner);
        expect(ballot).toMatchObject({
          total: first.size,
          isWide: isQuorum(first.size, n),
          isFull: first.size === n,
        });
        expect(book.decided?.hash).toBe(winner ?? undefined);
        if (typeof winner === 'string') {
          const signers = book.certificate(1, 'precommit', winner).votes.map(({ validator }) => validator);
          expect(signers).toEqual([...new Set(signers)].sort());
          expect(isQuorum(signers.length, n)).toBe(true);
        }
      }),
    );
  });

  it('keeps phases and views apart, and forgets old views', () => {
    const book = new VoteBook(3);
    for (const validator of [0, 1]) book.add(aVote(validator, 'a', 1, 'prevote'));
    book.add(aVote(2, 'a', 1, 'precommit'));
    book.add(aVote(2, 'a', 2, 'prevote'));
    expect(book.ballot(1, 'prevote').outcome).toBeUndefined();
    book.forgetBefore(2);
    expect(book.ballot(1, 'prevote').total).toBe(0);
    expect(book.find(2, 'prevote', 'n2')).toBeDefined();
  });

  it('decides by precommits alone', () => {
    const book = new VoteBook(1);
    book.add(aVote(0, 'a', 1, 'prevote'));
    expect(book.decided).toBeUndefined();
    book.add(aVote(0, 'a', 1, 'precommit'));
    expect(book.decided).toEqual({ view: 1, hash: 'a' });
  });
});

describe('the clock of views', () => {
  it('waits half a block time, at most five seconds, and twice as long with each setback, at most twenty', () => {
    expect([1000, 5000, 10_000, 60_000].map((blockTimeMs) => graceMs(blockTimeMs, 0))).toEqual([
      500, 2500, 5000, 5000,
    ]);
    expect([1, 2, 3, 100].map((failed) => graceMs(10_000, failed))).toEqual([10_000, 20_000, 20_000, 20_000]);
  });

  it('has more patience after a slot that went down to its last fallback, and less after any other', () => {
    const patience = new Patience(10_000);
    const after = (usedAllFallbacks: boolean) => {
      patience.slotIsOver(usedAllFallbacks);
      return patience.graceMs;
    };
    expect([true, true, false, false, false].map(after)).toEqual([10_000, 20_000, 10_000, 5000, 5000]);
  });

  it('fits four views into one slot, with all their waiting', () => {
    const longest = graceMs(60_000, 100);
    expect(4 * (longest + 2 * stragglersMs(longest))).toBeLessThanOrEqual(120_000);
  });

  it('opens a height with the tick after its parent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_704_067_200_000, max: 2e12 }),
        fc.constantFrom(1000, 5000, 10_000),
        (parentMs, blockTimeMs) => {
          const opens = opensAtMs(parentMs, blockTimeMs);
          expect(opens).toBeGreaterThan(parentMs);
          expect(opens - parentMs).toBeLessThanOrEqual(blockTimeMs);
        },
      ),
    );
  });
});
