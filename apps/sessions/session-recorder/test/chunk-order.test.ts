import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkOrder, type PlacedChunk } from '../src/domain/chunk-order.ts';
import { planWithGaps } from '../src/domain/gap-plan.ts';

const chunk = (sequence: number, sizeBytes = sequence * 10) => ({
  sequence,
  sizeBytes,
  hash: String(sequence).padStart(64, '0'),
});
const START = { sequence: 0, offset: 0 };

describe('client-cut chunks', () => {
  it('get their places in order, each once, whatever order they come in and however often', () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 200 });
    fc.assert(
      fc.property(arrivals, (sequences) => {
        const order = new ChunkOrder(64, START);
        const placed: PlacedChunk[] = sequences.flatMap((sequence) => order.add(chunk(sequence)));
        const come = new Set(sequences);
        let prefix = 0;
        while (come.has(prefix + 1)) prefix++;
        expect(placed.map(({ sequence }) => sequence)).toEqual(
          Array.from({ length: prefix }, (_none, index) => index + 1),
        );
        let offset = 0;
        for (const each of placed) {
          expect(each.offset).toBe(offset);
          offset += each.sizeBytes;
        }
        const highest = Math.max(0, ...sequences);
        const missing = Array.from({ length: highest }, (_none, index) => index + 1).filter(
          (sequence) => !come.has(sequence),
        );
        expect(order.missing(1000)).toEqual(missing);
        expect(order.highest).toBe(highest);
        expect(order.sizeBytes).toBe([...come].reduce((sum, sequence) => sum + sequence * 10, 0));
        const rest = order.close();
        expect(placed.length + rest.length).toBe(come.size);
        expect(order.missing(1000)).toEqual([]);
      }),
    );
  });

  it('are known while they wait, and once only: what comes again after its place is given has none', () => {
    const order = new ChunkOrder(64, START);
    expect(order.add(chunk(2))).toEqual([]);
    expect([order.waiting(2), order.waiting(1)]).toEqual([chunk(2), undefined]);
    expect(order.add(chunk(1)).map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect([order.waiting(2), order.add(chunk(2))]).toEqual([undefined, []]);
  });

  it('are told apart: next, early within the window, too early, known', () => {
    const order = new ChunkOrder(4, { sequence: 10, offset: 1000 });
    expect([10, 11, 12, 14, 15].map((sequence) => order.arrival(sequence))).toEqual([
      'known',
      'next',
      'early',
      'early',
      'too_early',
    ]);
    expect(order.add(chunk(13))).toEqual([]);
    expect([order.arrival(13), order.missing(10), order.missing(1)]).toEqual(['known', [11, 12], [11]]);
    expect(order.add(chunk(11))).toEqual([{ ...chunk(11), offset: 1000 }]);
    expect(order.add(chunk(12)).map(({ sequence, offset }) => [sequence, offset])).toEqual([
      [12, 1110],
      [13, 1230],
    ]);
  });
});

describe('what a crash left of client-cut chunks', () => {
  const statuses = fc.constantFrom('recorded', 'processing', 'stored', 'quarantined', 'deleted');
  const found = fc.array(fc.record({ isKnown: fc.boolean(), hasFile: fc.boolean(), status: statuses }), {
    maxLength: 30,
  });

  it('is all kept: no whole file is dropped that somebody still needs, and every record has its say', () => {
    fc.assert(
      fc.property(found, (all) => {
        const known = all.flatMap(({ isKnown, status }, index) =>
          isKnown
            ? [{ sequence_number: index + 1, plain_size: 10, plain_hash: 'a'.repeat(64), status } as const]
            : [],
        );
        const files = all.flatMap(({ hasFile }, index) =>
          hasFile ? [{ sequence: index + 1, kind: 'chunk' as const, sizeBytes: 10 }] : [],
        );
        const plan = planWithGaps(known, files);
        for (const [index, { isKnown, hasFile, status }] of all.entries()) {
          const sequence = index + 1;
          const isNeeded = status !== 'stored' && status !== 'deleted';
          expect(plan.keep.includes(sequence)).toBe(isKnown && hasFile && isNeeded);
          expect(plan.remove.some((file) => file.sequence === sequence)).toBe(
            isKnown && hasFile && !isNeeded,
          );
          expect(plan.lost.includes(sequence)).toBe(isKnown && !hasFile && isNeeded);
          expect(plan.unregistered.some((file) => file.sequence === sequence)).toBe(!isKnown && hasFile);
          const isPlaced = sequence <= plan.placed.sequence;
          const isBeyond = plan.beyond.some((each) => each.sequence_number === sequence);
          if (isKnown) expect(isPlaced !== isBeyond).toBe(true);
        }
        expect(plan.placed.offset).toBe(plan.placed.sequence * 10);
      }),
    );
  });
});
