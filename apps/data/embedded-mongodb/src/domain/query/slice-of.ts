import { toNumber } from '../bson/numbers.ts';

/** How many array elements `$slice` keeps: `n`, `-n` or `[skip, n]`. */
export function sliceOf(elements: unknown[], operand: unknown): unknown[] {
  if (!Array.isArray(operand)) {
    const n = toNumber(operand);
    return n >= 0 ? elements.slice(0, n) : elements.slice(n);
  }
  const [skip, limit] = operand.map(toNumber) as [number, number];
  const start = skip >= 0 ? skip : Math.max(0, elements.length + skip);
  return elements.slice(start, start + limit);
}
