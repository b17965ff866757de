import { describe, expect, it } from 'vitest';
import { failureText } from '../src/consensus/report.ts';
import { runSeed } from '../src/consensus/run-seed.ts';
import { runSeeds } from '../src/consensus/run-seeds.ts';

/** 300 in every run, 10,000 at night. */
const SEEDS = Number(process.env.LUCID_SIM_SEEDS ?? 300);

describe('consensus under seeded bad luck', () => {
  it(
    `is safe after every event and grows after every heal, in ${SEEDS} schedules`,
    () => {
      const { failures, seeds, blocks } = runSeeds({ from: 1, seeds: SEEDS });
      expect(failures.map(failureText)).toEqual([]);
      expect(seeds).toBe(SEEDS);
      expect(blocks).toBeGreaterThan(SEEDS);
    },
    SEEDS * 2000,
  );

  it('replays a seed exactly', () => {
    const told = (seed: number) => {
      const lines: string[] = [];
      const outcome = runSeed(seed, { tell: (line) => lines.push(line) });
      return { lines, steps: outcome.steps, height: outcome.height };
    };
    for (const seed of [3, 7, 200]) {
      const first = told(seed);
      expect(first.lines.length).toBeGreaterThan(50);
      expect(told(seed)).toEqual(first);
    }
  });

  it('is not disturbed by being listened to', () => {
    const { scenario: _, ...listened } = runSeed(11, { tell: () => undefined });
    const { scenario: __, ...alone } = runSeed(11);
    expect(listened).toEqual(alone);
  });

  it.each([
    [1, 8],
    [2, 8],
    [3, 8],
    [4, 8],
    [5, 8],
    [6, 8],
    [7, 8],
    [17, 2],
  ])(
    'goes on with %i validators',
    (validators, seeds) => {
      const { failures, blocks } = runSeeds({ from: 500, seeds, choices: { validators } });
      expect(failures.map(failureText)).toEqual([]);
      expect(blocks).toBeGreaterThan(0);
    },
    120_000,
  );
});
