import type { Chunk, Recording } from '@lucid/contracts';
import type { ChunkDocument, RecordingDocument } from './documents.ts';
import type { HeldRecording } from './held-recording.ts';
import { storedProgress } from './stored-progress.ts';
import type { Workshop } from './workshop.ts';

/** A recording as the contract shows it: what the record says, and what only its owner knows exactly. */
export async function recordingView(
  { recordings, chunks }: Workshop,
  recording: RecordingDocument,
  held: HeldRecording | undefined,
): Promise<Recording> {
  const prefix = await storedProgress(recordings, chunks, recording);
  const counts = await chunks.counts(recording._id, prefix);
  const { paused_at, stopped_at, stop_reason, segments } = recording;
  const error = recording.error ?? held?.writer.failure;
  const status = held?.writer.status ?? recording.status;
  const missing = held?.missing ?? [];
  const source = recording.source ?? held?.source ?? (recording.durable_offset > 0 ? 'stream' : undefined);
  return {
    session_id: recording._id,
    owner_id: recording.owner_id,
    status,
    owner_address: recording.owner.address,
    chunk_size_bytes: recording.chunk_size_bytes,
    max_size_bytes: recording.max_size_bytes,
    durable_offset: held?.durableOffset ?? recording.durable_offset,
    stored_offset: prefix.offset,
    chunks_sealed: counts.sealed,
    chunks_stored: counts.stored,
    chunks_quarantined: counts.quarantined,
    stored_bytes: counts.storedBytes,
    ...(source ? { source } : {}),
    ...(missing.length > 0 ? { missing } : {}),
    ...(segments ? { segments } : {}),
    ...(error ? { error } : {}),
    started_at: recording.started_at,
    ...(status === 'paused' && paused_at ? { paused_at } : {}),
    ...(stopped_at ? { stopped_at } : {}),
    ...(stop_reason ? { stop_reason } : {}),
  };
}

/** A chunk as the contract shows it. */
export function chunkView(chunk: ChunkDocument): Chunk {
  const { _id, compression_enabled, sealing_key, recorder_id, epoch, deferrals, ...rest } = chunk;
  const { claimable_at_ms, lease_token, worker_id, ...shown } = rest;
  return { chunk_id: _id, ...shown };
}
