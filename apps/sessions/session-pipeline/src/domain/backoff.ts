const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** Doubles from 250 ms to 30 s; up to a quarter of jitter keeps many pipelines from coming back at once. */
export function backoffMs(attempt: number, fraction: number): number {
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(base * (1 + fraction / 4));
}
