import type { PERIODS } from '@lucid/contracts';

const HOUR_MS = 3_600_000;
const LENGTHS_MS: Readonly<Record<(typeof PERIODS)[number], number | undefined>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
  '90d': 90 * 24 * HOUR_MS,
  all: undefined,
};

/** @returns nothing for the period that has no beginning */
export function periodStart(period: (typeof PERIODS)[number], nowMs: number): string | undefined {
  const lengthMs = LENGTHS_MS[period];
  return lengthMs === undefined ? undefined : new Date(nowMs - lengthMs).toISOString();
}
