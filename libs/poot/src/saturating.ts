/**
 * Sum of two counts, at most 2^53 − 1. A claim may be any safe integer, so sums can pass what JSON carries. Stopping there
 * is still order-independent: min(max, a + b) is associative over counts, and a sum that is rounded was past the limit.
 */
export function saturatingAdd(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

/** a × b for counts, at most 2^53 − 1, for the same reason. */
export function saturatingMultiply(a: number, b: number): number {
  return Math.min(a * b, Number.MAX_SAFE_INTEGER);
}

/** round(a / b), halves up, exact for all counts and at most 2^53 − 1; b > 0. */
export function roundedQuotient(a: bigint, b: bigint): number {
  const rounded = (2n * a + b) / (2n * b);
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(rounded < most ? rounded : most);
}
