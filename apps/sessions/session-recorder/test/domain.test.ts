import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkEnd, isOverdue } from '../src/domain/chunk-cut.ts';
import {
  chunkId,
  incomingName,
  isIncoming,
  parseName,
  partName,
  sealedName,
} from '../src/domain/chunk-name.ts';
import { mayTakeOver, standing } from '../src/domain/ownership.ts';
import { extendPrefix, NOTHING_STORED } from '../src/domain/stored-prefix.ts';

describe('cutting', () => {
  it('repeats a former owner’s cuts exactly and then goes on in full chunks', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 19 }), (former, storedCount) => {
        const ends = former.map((_, index) => former.slice(0, index + 1).reduce((a, b) => a + b, 0));
        const stored = Math.min(storedCount, former.length);
        let at = stored === 0 ? 0 : (ends[stored - 1] ?? 0);
        const rules = { chunkSizeBytes: 100, maxAgeMs: 1, plannedEnds: ends.filter((end) => end > at) };
        const cuts: number[] = [];
        for (let index = stored; index < former.length + 2; index++) {
          at = chunkEnd(at, rules);
          cuts.push(at);
        }
        const last = ends.at(-1) ?? 0;
        expect(cuts).toEqual([...ends.slice(stored), last + 100, last + 200]);
      }),
    );
  });

  it('cuts an old chunk that has bytes, but not one whose end is planned', () => {
    const rules = { chunkSizeBytes: 100, maxAgeMs: 300, plannedEnds: [50] };
    const chunk = { startOffset: 50, sizeBytes: 1, openedAtMs: 1000 };
    expect(isOverdue(chunk, 1299, rules)).toBe(false);
    expect(isOverdue(chunk, 1300, rules)).toBe(true);
    expect(isOverdue({ ...chunk, sizeBytes: 0 }, 9999, rules)).toBe(false);
    expect(isOverdue({ ...chunk, startOffset: 20 }, 9999, rules)).toBe(false);
  });
});

describe('ownership', () => {
  const recording = { owner: { instance_id: 'a', address: 'a:1' }, lease_expires_at_ms: 1000 };

  it('stays with an instance that comes back late, and is vacant for others once the lease is over', () => {
    expect(standing(recording, 'a', 5000)).toBe('mine');
    expect(standing(recording, 'b', 999)).toBe('theirs');
    expect(standing(recording, 'b', 1000)).toBe('vacant');
  });

  it('lets a stop wait for the owner while acknowledged bytes are with it alone', () => {
    const lost = { durableOffset: 100, storedOffset: 60, leaseExpiredForMs: 299 };
    expect(mayTakeOver('client', lost, 300)).toBe(true);
    expect(mayTakeOver('stop', lost, 300)).toBe(false);
    expect(mayTakeOver('stop', { ...lost, leaseExpiredForMs: 300 }, 300)).toBe(true);
    expect(mayTakeOver('stop', { ...lost, storedOffset: 100 }, 300)).toBe(true);
  });
});

describe('the stored prefix', () => {
  it('ends before the first gap, however it is computed', () => {
    const statuses = fc.array(fc.boolean(), { maxLength: 40 });
    fc.assert(
      fc.property(statuses, fc.integer({ min: 1, max: 7 }), (isStored, page) => {
        const stored = isStored.flatMap((yes, index) =>
          yes ? [{ sequence_number: index + 1, plain_size: index + 1, size_bytes: 2 }] : [],
        );
        const gap = isStored.indexOf(false);
        const length = gap === -1 ? isStored.length : gap;
        let prefix = NOTHING_STORED;
        for (let index = 0; index < stored.length; index += page)
          prefix = extendPrefix(prefix, stored.slice(index, index + page));
        expect(prefix).toEqual({
          sequence: length,
          offset: (length * (length + 1)) / 2,
          fileBytes: 2 * length,
        });
      }),
    );
  });

  it('takes no notice of what it has already, as after a look that overlaps', () => {
    const stored = [1, 2, 3].map((sequence_number) => ({ sequence_number, plain_size: 10, size_bytes: 4 }));
    const prefix = { sequence: 2, offset: 20, fileBytes: 8 };
    expect(extendPrefix(prefix, stored)).toEqual({ sequence: 3, offset: 30, fileBytes: 12 });
    expect(extendPrefix(prefix, stored.slice(0, 2))).toEqual(prefix);
  });
});

it('names files and chunks by their number and reads the names back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 102_400 }), (sequence) => {
      expect(parseName(partName(sequence))).toEqual({ sequence, kind: 'part' });
      expect(parseName(sealedName(sequence))).toEqual({ sequence, kind: 'chunk' });
      expect(chunkId('s', sequence)).toMatch(/^s-chunk-\d{6}$/);
    }),
  );
  expect(parseName('000001.chunk.tmp')).toBeUndefined();
});

it('names what is still being received so that several of one number may come, and none is taken for a chunk', () => {
  const names = ['a', 'b'].map((id) => incomingName(7, id));
  expect(names).toEqual(['000007-a.incoming', '000007-b.incoming']);
  expect(names.map(isIncoming)).toEqual([true, true]);
  expect(names.map(parseName)).toEqual([undefined, undefined]);
  expect([partName(7), sealedName(7)].map(isIncoming)).toEqual([false, false]);
});
