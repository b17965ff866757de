// What a seed decides before anything happens.
import { Prng } from '../prng.ts';
import { HABITS, type Habit } from './habits.ts';

export interface Scenario {
  readonly seed: number;
  readonly validatorCount: number;
  readonly blockTimeMs: number;
  readonly makesEmptyBlocks: boolean;
  readonly realSignatures: boolean;
  /** Number of the validator and how it misbehaves; fewer than a third. */
  readonly liars: ReadonlyMap<number, ReadonlySet<Habit>>;
  /** Troubles, each followed by a heal after which the chain has to grow. */
  readonly rounds: number;
  readonly troubleMs: number;
  /** Milliseconds of a write that is durable when it returns; 0: at once. */
  readonly maxWriteMs: number;
  /** Clocks differ from the true time by at most this. Twice this is less than the margin of a node without a memory. */
  readonly maxSkewMs: number;
  readonly maxDelayMs: number;
  readonly loss: number;
  readonly duplication: number;
  /** Milliseconds that a host takes at most to make or judge a block; it stays so slow after a heal. */
  readonly maxWorkMs: number;
  /** How often each kind of fault happens, relative to the others. */
  readonly appetite: Readonly<Record<Fault, number>>;
}

export type Fault = 'partition' | 'one_way' | 'crash' | 'crash_at_write' | 'wipe' | 'clock' | 'weather';

export interface ScenarioChoices {
  /** @default drawn, 1 to 7 */
  readonly validators?: number;
}

/** Every this many seeds one runs with Ed25519. */
const REAL_EVERY = 200;

export function scenarioOf(seed: number, choices: ScenarioChoices = {}): Scenario {
  const random = new Prng(seed);
  const drawn = random.pick([1, 2, 3, 4, 4, 4, 4, 5, 5, 6, 7, 7]);
  const validatorCount = choices.validators ?? drawn;
  const mostLiars = Math.ceil(validatorCount / 3) - 1;
  const liarCount = random.chance(0.85) ? random.between(Math.min(1, mostLiars), mostLiars) : 0;
  const numbers = random.shuffled(Array.from({ length: validatorCount }, (_, index) => index));
  const liars = new Map(
    numbers.slice(0, liarCount).map((index) => [index, new Set(random.some(HABITS, 0.5))] as const),
  );
  const is = (probability: number) => (random.chance(probability) ? 1 : 0);
  return {
    seed,
    validatorCount,
    blockTimeMs: random.pick([5000, 10_000, 10_000, 20_000, 30_000]),
    makesEmptyBlocks: random.chance(0.8),
    realSignatures: seed % REAL_EVERY === 0,
    liars,
    rounds: random.between(1, 2),
    troubleMs: random.between(20, 240) * 1000,
    maxWriteMs: random.pick([0, 0, 5, 50]),
    maxSkewMs: random.pick([0, 500, 4000, 14_000]),
    maxDelayMs: random.pick([20, 100, 500, 3000]),
    loss: random.pick([0, 0, 0.05, 0.2, 0.4]),
    duplication: random.pick([0, 0.05, 0.3]),
    appetite: {
      partition: is(0.5),
      one_way: is(0.4),
      crash: is(0.5),
      crash_at_write: is(0.5),
      wipe: is(0.35),
      clock: is(0.4),
      weather: is(0.4),
    },
    maxWorkMs: random.pick([40, 40, 40, 1000, 15_000]),
  };
}
