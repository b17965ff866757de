import { createHash } from 'node:crypto';
import { createRootAccumulator, merkleRoot } from '@lucid/merkle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  grown,
  hasNews,
  type LiveAnchoring,
  noCheckpoints,
  retryPauseMs,
} from '../src/domain/live-anchoring.ts';

const chunk = (sequence_number: number) => ({
  sequence_number,
  chunk_hash: createHash('sha256').update(String(sequence_number)).digest('hex'),
  size_bytes: sequence_number,
});
const chunks = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_none, index) => chunk(from + index));
const kept = (live: LiveAnchoring): LiveAnchoring => JSON.parse(JSON.stringify(live));

describe('the prefix of what is stored', () => {
  it('grows by pages of any size to the root and the size of the whole, however often it is put down', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }), (pages) => {
        let live = noCheckpoints(0);
        for (const size of pages)
          live = grown(kept(live), chunks(live.chunk_count + 1, live.chunk_count + size));
        const total = pages.reduce((sum, size) => sum + size, 0);
        expect(live.chunk_count).toBe(total);
        expect(live.total_size).toBe((total * (total + 1)) / 2);
        if (total > 0)
          expect(createRootAccumulator(live.peaks).root()).toBe(
            merkleRoot(chunks(1, total).map(({ chunk_hash }) => chunk_hash)),
          );
      }),
    );
  });

  it('ends before the first gap, wherever that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (count, missing) => {
        const listed = chunks(1, count).filter(({ sequence_number }) => sequence_number !== missing);
        expect(grown(noCheckpoints(0), listed).chunk_count).toBe(missing <= count ? missing - 1 : count);
      }),
    );
  });

  it('of 100,000 chunks grows by one without looking at the others, and keeps seventeen hashes', () => {
    let live = noCheckpoints(0);
    for (let page = 0; page < 100; page++) live = grown(live, chunks(page * 1000 + 1, (page + 1) * 1000));
    expect(live.peaks.length).toBe(17);
    const startMs = performance.now();
    live = grown(kept(live), [chunk(100_001)]);
    const tookMs = performance.now() - startMs;
    process.stdout.write(`one chunk more after 100,000: ${tookMs.toFixed(3)} ms\n`);
    expect(live.chunk_count).toBe(100_001);
    expect(JSON.stringify(live).length).toBeLessThan(2000);
  });

  it('is worth telling when nothing was told yet, and when it has grown', () => {
    const live = noCheckpoints(0);
    expect(hasNews(live)).toBe(true);
    const told = { ...live, told: { sequence: 1, chunk_count: 0, recorded_at: '' } };
    expect(hasNews(told)).toBe(false);
    expect(hasNews(grown(told, [chunk(1)]))).toBe(true);
    expect(hasNews(grown(told, [chunk(2)]))).toBe(false);
  });

  it('is told again soon after a failure, later each time, never later than the next would be', () => {
    expect([0, 1, 2, 3, 6, 60].map((failures) => retryPauseMs(failures, 60_000))).toEqual([
      1000, 2000, 4000, 8000, 60_000, 60_000,
    ]);
  });
});
