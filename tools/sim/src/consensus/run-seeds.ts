// Many seeds, one after the other.
import { runSeed, type SeedOptions, type SeedOutcome } from './run-seed.ts';

export interface Summary {
  readonly seeds: number;
  readonly from: number;
  readonly failures: readonly SeedOutcome[];
  readonly blocks: number;
  readonly steps: number;
  readonly virtualHours: number;
  readonly slowestRecoverySeconds: number;
}

export interface SeedsOptions extends Omit<SeedOptions, 'tell'> {
  readonly from: number;
  readonly seeds: number;
  /** After each seed. True ends the run. */
  readonly onSeed?: (outcome: SeedOutcome) => boolean;
}

export function runSeeds({ from, seeds, onSeed, ...options }: SeedsOptions): Summary {
  const failures: SeedOutcome[] = [];
  const sum = { count: 0, blocks: 0, steps: 0, virtualMs: 0, slowestMs: 0 };
  for (let seed = from; seed < from + seeds; seed++) {
    const outcome = runSeed(seed, options);
    if (outcome.violation) failures.push(outcome);
    sum.count++;
    sum.blocks += outcome.height;
    sum.steps += outcome.steps;
    sum.virtualMs += outcome.virtualMs;
    sum.slowestMs = Math.max(sum.slowestMs, outcome.slowestRecoveryMs);
    if (onSeed?.(outcome)) break;
  }
  return {
    seeds: sum.count,
    from,
    failures,
    blocks: sum.blocks,
    steps: sum.steps,
    virtualHours: sum.virtualMs / 3_600_000,
    slowestRecoverySeconds: sum.slowestMs / 1000,
  };
}
