/** Several measurements of one thing. The median is what is quoted; min and max say how far to trust it. */
export interface Statistics {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError without values, or where one is no number: a failed measurement is not 0 */
export function statisticsOf(values: readonly number[]): Statistics {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value)))
    throw new RangeError(`no statistics over [${values.join(', ')}]`);
  const sorted = [...values].sort((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = sorted.length >> 1;
  return {
    count: sorted.length,
    median: sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/** One ratio per round, so that what slows a round down slows both of its sides. @throws RangeError on other lengths */
export function ratiosOf(values: readonly number[], yardstick: readonly number[]): number[] {
  if (values.length !== yardstick.length)
    throw new RangeError(`${values.length} values against ${yardstick.length}`);
  return values.map((value, round) => value / (yardstick[round] ?? Number.NaN));
}

/** The value that a share of all values does not exceed: nearest rank. @throws RangeError without values */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no percentile of nothing');
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
