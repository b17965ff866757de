const LONGEST_MS = 60_000;

/** Doubles from `firstMs` to a minute. @param failures in a row, from 1 */
export const backoffMs = (failures: number, firstMs: number): number =>
  Math.min(LONGEST_MS, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 16));
