import { SESSION_STATUSES, type SessionStatus } from '@lucid/contracts';
import type { SessionDocument } from './session-document.ts';

export interface Totals {
  total: number;
  by_status: Record<SessionStatus, number>;
  size_bytes: number;
  stored_bytes: number;
  chunks_count: number;
  chunks_stored: number;
}

export const noTotals = (): Totals => ({
  total: 0,
  by_status: Object.fromEntries(SESSION_STATUSES.map((status) => [status, 0])) as Record<
    SessionStatus,
    number
  >,
  size_bytes: 0,
  stored_bytes: 0,
  chunks_count: 0,
  chunks_stored: 0,
});

/** Bytes and chunks of deleted sessions are no more: those count by their status alone. */
export function addTo(
  totals: Totals,
  { status, statistics }: Pick<SessionDocument, 'status' | 'statistics'>,
): void {
  totals.by_status[status] += 1;
  if (status === 'deleted') return;
  totals.total += 1;
  totals.size_bytes += statistics.size_bytes;
  totals.stored_bytes += statistics.stored_bytes;
  totals.chunks_count += statistics.chunks_count;
  totals.chunks_stored += statistics.chunks_stored;
}
