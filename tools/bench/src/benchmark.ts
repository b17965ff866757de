import type { Belongings } from './belongings.ts';
import type { Figure } from './measure/figure.ts';
import type { Level } from './measure/level.ts';
import type { BenchSystem } from './system/bench-system.ts';

/** One entry of the bench. */
export interface Benchmark {
  readonly name: string;
  /** One line for `--list`. */
  readonly summary: string;
  /** @throws Skip where this machine cannot do it */
  run(bench: Bench): Promise<Figure[]>;
}

/** What a benchmark is given. */
export interface Bench {
  /** Small sizes and few rounds: shows that it works, proves nothing. */
  readonly quick: boolean;
  /** What is measured is to be kept in the repository. */
  readonly write: boolean;
  /** How much is recorded at once, where somebody has said. */
  readonly levels?: readonly Level[] | undefined;
  /** How long a chain is watched, and of how many validators it is, where somebody has said. */
  readonly minutes?: number | undefined;
  readonly validators?: number | undefined;
  readonly belongings: Belongings;
  /** Tells people what is going on. */
  say(line: string): void;
  /** Tells readers of the report what they have to know. */
  note(text: string): void;
  /** A temporary folder that goes at the end of the run. */
  folder(name: string): string;
  /** The whole system, running, with these variables and overrides set; benchmarks that want the same share one. */
  system(env: readonly string[], set?: readonly string[]): Promise<BenchSystem>;
}

/** Something that is not there is no failure. */
export class Skip extends Error {
  override readonly name = 'Skip';
}
