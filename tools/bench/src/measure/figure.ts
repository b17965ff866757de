import { type Statistics, statisticsOf } from './statistics.ts';

/** `bar`: must be reached. `aim`: what we would like. Neither fails a run: benchmarks measure, tests insist. */
export interface Target {
  readonly word: 'bar' | 'aim';
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly below?: number;
}

export interface FigureInput {
  readonly name: string;
  readonly unit: string;
  /** One value per round. */
  readonly values: readonly number[];
  /** `yardstick`: something everybody has, measured in the same run, to hold the others against. @default result */
  readonly kind?: 'result' | 'yardstick' | 'ratio';
  readonly target?: Target;
  readonly note?: string;
}

/** A row of the report. */
export interface Figure extends FigureInput {
  readonly kind: 'result' | 'yardstick' | 'ratio';
  readonly statistics: Statistics;
  /** Whether the median meets the target; absent without one. */
  readonly met?: boolean;
}

export function figure(input: FigureInput): Figure {
  const statistics = statisticsOf(input.values);
  const { target } = input;
  const met =
    target &&
    statistics.median >= (target.atLeast ?? Number.NEGATIVE_INFINITY) &&
    statistics.median <= (target.atMost ?? Number.POSITIVE_INFINITY) &&
    statistics.median < (target.below ?? Number.POSITIVE_INFINITY);
  return { ...input, kind: input.kind ?? 'result', statistics, ...(met === undefined ? {} : { met }) };
}
