import type { Recording, SessionStatistics } from '@lucid/contracts';
import type { SessionDocument } from './session-document.ts';

/**
 * What is known of one recording.
 * @param recording what the recorder knows; nothing when it has forgotten the session or does not answer
 */
export function sessionStatistics(
  document: SessionDocument,
  recording: Pick<Recording, 'chunks_quarantined'> | undefined,
  nowMs: number,
): SessionStatistics {
  const { statistics, status, started_at, stopped_at, updated_at } = document;
  const { size_bytes, stored_bytes, chunks_count, chunks_stored } = statistics;
  const seconds = started_at === undefined ? undefined : secondsBetween(started_at, stopped_at, nowMs);
  // Chunks that are not stored yet have plain bytes but no stored ones: only when all are, the two can be compared.
  const isAllStored = chunks_count > 0 && chunks_stored === chunks_count && stored_bytes > 0;
  return {
    ...{ session_id: document._id, status, chunks_count, chunks_stored, size_bytes, stored_bytes },
    ...(seconds === undefined ? {} : { duration_seconds: seconds }),
    ...(isAllStored ? { compression_ratio: size_bytes / stored_bytes } : {}),
    ...(seconds ? { average_bytes_per_second: size_bytes / seconds } : {}),
    ...(recording
      ? { chunks_quarantined: recording.chunks_quarantined, error_count: recording.chunks_quarantined }
      : {}),
    updated_at,
  };
}

const secondsBetween = (from: string, until: string | undefined, nowMs: number): number =>
  Math.max(0, (until === undefined ? nowMs : Date.parse(until)) - Date.parse(from)) / 1000;
