import type { ReceivedChunk } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import { chunkId } from '../domain/chunk-name.ts';
import { errors } from '../errors.ts';
import type { HandedIn } from './chunk-intake.ts';
import { HeldRecording } from './held-recording.ts';
import { discard } from './pump.ts';
import type { Recorder } from './recorder.ts';
import type { Workshop } from './workshop.ts';

export interface ChunkUpload extends HandedIn {
  sessionId: string;
  userId: string;
}

/** Takes one client-cut chunk. @returns what is known of it once it is durable, and whether it is new */
export async function receiveChunk(
  shop: Workshop,
  recorder: Recorder,
  upload: ChunkUpload,
): Promise<{ chunk: ReceivedChunk; isNew: boolean }> {
  const received = shop.instruments.recorder_chunks_received_total;
  try {
    const found = await recorder.own(upload.sessionId, 'chunk', upload.userId);
    if (!(found instanceof HeldRecording)) return await afterTheEnd(shop, found.status, upload);
    const { isNew, sizeBytes } = await found.take(upload);
    if (!isNew) await discard(upload.bytes, (durationMs) => shop.context.clock.sleep(durationMs));
    received.inc({ outcome: isNew ? 'kept' : 'known' });
    return { chunk: await viewOf(shop, found, upload, sizeBytes), isNew };
  } catch (error) {
    received.inc({ outcome: error instanceof ServiceError ? error.key.toLowerCase() : 'failed' });
    await discard(upload.bytes, (durationMs) => shop.context.clock.sleep(durationMs));
    throw error;
  }
}

/** A repeat is answered also when the recording is over. */
async function afterTheEnd(
  { chunks }: Workshop,
  status: string,
  { sessionId, sequence, hash }: ChunkUpload,
): Promise<{ chunk: ReceivedChunk; isNew: false }> {
  const known = await chunks.find(sessionId, sequence);
  if (known?.plain_hash !== hash) throw errors.NOT_RECORDING({ details: { status } });
  const { _id: chunk_id, session_id, sequence_number, plain_offset, plain_size, plain_hash } = known;
  const shown = { chunk_id, session_id, sequence_number, plain_offset, plain_size, plain_hash };
  return { chunk: { ...shown, status: known.status, missing: [] }, isNew: false };
}

async function viewOf(
  { chunks }: Workshop,
  held: HeldRecording,
  { sessionId, sequence, hash }: ChunkUpload,
  sizeBytes: number | undefined,
): Promise<ReceivedChunk> {
  const known = await chunks.find(sessionId, sequence).catch(() => null); // kept all the same while MongoDB is away
  return {
    chunk_id: chunkId(sessionId, sequence),
    session_id: sessionId,
    sequence_number: sequence,
    status: known?.status ?? 'recorded',
    ...(known ? { plain_offset: known.plain_offset } : {}),
    plain_size: known?.plain_size ?? sizeBytes ?? (await held.folder.sizeOf(sequence)),
    plain_hash: hash,
    missing: held.missing,
  };
}
