import { createRootAccumulator } from '@lucid/merkle';

/** The contiguous prefix of stored chunks, as far as it was looked at, and what was put on the chain of it. */
export interface LiveAnchoring {
  /** State of the growing Merkle root: what is stored already is never read again. */
  peaks: (string | null)[];
  chunk_count: number;
  /** Bytes of the chunk files. */
  total_size: number;
  /** The last checkpoint that anchoring has taken; absent before the first. */
  told?: { sequence: number; chunk_count: number; recorded_at: string };
  /** When to write the next one, milliseconds since 1970. */
  due_at_ms: number;
  /** When the chain last had, or was about to get, all that was stored. */
  fresh_at_ms: number;
  /** In a row. */
  failures: number;
  error?: string;
}

export const noCheckpoints = (nowMs: number): LiveAnchoring => ({
  peaks: [],
  chunk_count: 0,
  total_size: 0,
  due_at_ms: nowMs,
  fresh_at_ms: nowMs,
  failures: 0,
});

interface StoredPart {
  sequence_number: number;
  chunk_hash: string;
  size_bytes: number;
}

/** The prefix grown by those of `chunks` that follow on it; what comes after a gap waits until the gap is filled. */
export function grown(live: LiveAnchoring, chunks: readonly StoredPart[]): LiveAnchoring {
  const accumulator = createRootAccumulator(live.peaks);
  let { chunk_count, total_size } = live;
  for (const chunk of chunks) {
    if (chunk.sequence_number !== chunk_count + 1) break;
    accumulator.add(chunk.chunk_hash);
    chunk_count += 1;
    total_size += chunk.size_bytes;
  }
  return { ...live, peaks: accumulator.peaks(), chunk_count, total_size };
}

/** Nothing told yet, or more is stored than was told. */
export const hasNews = ({ told, chunk_count }: LiveAnchoring): boolean =>
  told === undefined || chunk_count > told.chunk_count;

const FIRST_RETRY_MS = 1000;

/** After a failure: sooner than the next checkpoint would be, later each time. */
export const retryPauseMs = (failures: number, intervalMs: number): number =>
  Math.min(intervalMs, FIRST_RETRY_MS * 2 ** Math.min(failures, 16));
