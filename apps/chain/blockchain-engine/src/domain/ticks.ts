import { tickAt, tickStartMs, timestampMs, timestampOf } from '@lucid/ledger';

/** Milliseconds of a timestamp that is known to be right, as in a stored header. */
export const instantOf = (timestamp: string): number => timestampMs(timestamp) ?? Number.NaN;

/**
 * The tick an instance counts from when it becomes the writer. A tick that has its block is done; one that has none is
 * still open, so that the chain goes on at once. What passed before was nobody's to meet.
 */
export function lastTickAtStart(nowMs: number, tipTimestamp: string, blockTimeMs: number): number {
  return Math.max(tickAt(nowMs, blockTimeMs) - 1, tickAt(instantOf(tipTimestamp), blockTimeMs));
}

/** When the next block is due, and with it a transaction that is handed in now. */
export function nextTickTimestamp(nowMs: number, blockTimeMs: number): string {
  return timestampOf(tickStartMs(tickAt(nowMs, blockTimeMs) + 1, blockTimeMs));
}

/** Blocks per minute over headers in any order; 0 for fewer than two. */
export function productionRate(timestamps: readonly string[]): number {
  const instants = timestamps.map(instantOf);
  const spanMs = Math.max(...instants) - Math.min(...instants);
  return instants.length < 2 || spanMs <= 0 ? 0 : ((instants.length - 1) * 60_000) / spanMs;
}
