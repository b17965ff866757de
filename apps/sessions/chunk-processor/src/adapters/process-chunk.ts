import { encapsulate, encodeChunkAsync, recipientFrom } from '@lucid/chunk-codec';
import type { ClaimedChunk } from '@lucid/contracts';
import type { Instruments } from '@lucid/metrics';
import type { ServiceContext } from '@lucid/service';
import type { metrics } from '../metrics.ts';
import type { ChunkStore, EncodedFile } from './chunk-store.ts';
import type { RecorderQueue } from './recorder-queue.ts';
import type { WorkPlace } from './work-place.ts';

/** What chunks are processed with. */
export interface Workshop {
  queue: RecorderQueue;
  store: ChunkStore;
  level: number;
  context: Pick<ServiceContext, 'random' | 'clock' | 'logger'>;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

type Timed = <Value>(stage: string, work: Promise<Value>) => Promise<Value>;

/**
 * Plaintext from the recorder → verified, compressed, encrypted, hashed → storage → completed in the queue.
 * Everything up to storing may be done twice without harm; completing is idempotent on the hash.
 * @returns `known` when storage had the chunk from an earlier attempt
 * @throws whatever stands in the way; `verdictOn` says what it means
 */
export async function processChunk(
  shop: Workshop,
  chunk: ClaimedChunk,
  place: WorkPlace,
  signal: AbortSignal,
): Promise<'stored' | 'known'> {
  const timed: Timed = async (stage, work) => {
    const done = shop.instruments.chunk_processing_duration_seconds.startTimer({ stage });
    const value = await work;
    done();
    signal.throwIfAborted();
    return value;
  };
  const encoded = await fetchAndSeal(shop, chunk, place, signal, timed);
  const { stored, isOurs } = await timed('store', shop.store.put(chunk, encoded, signal));
  await timed('complete', shop.queue.complete(chunk, stored));
  const { instruments } = shop;
  instruments.chunk_size_bytes.observe({ form: 'plain' }, stored.plain_size);
  instruments.chunk_size_bytes.observe({ form: 'stored' }, stored.size_bytes);
  instruments.chunk_compression_ratio.observe(stored.compression.ratio);
  instruments.processor_plain_bytes_total.inc(stored.plain_size);
  return isOurs ? 'stored' : 'known';
}

/** However it ends, no plaintext stays: the place is overwritten before anything is sent anywhere. */
async function fetchAndSeal(
  { queue, level }: Workshop,
  chunk: ClaimedChunk,
  place: WorkPlace,
  signal: AbortSignal,
  timed: Timed,
): Promise<EncodedFile> {
  try {
    const { bytes } = await timed('fetch', queue.plaintext(chunk, place.plain, signal));
    return await timed('encode', encode(level, chunk, bytes, place));
  } finally {
    place.wipe(chunk.plain_size);
  }
}

async function encode(
  level: number,
  chunk: ClaimedChunk,
  plaintext: Buffer,
  place: WorkPlace,
): Promise<EncodedFile> {
  const { key_id, algorithm, public_key } = chunk.sealing_key;
  const { file, chunkHash, compression } = await encodeChunkAsync({
    plaintext,
    sessionId: chunk.session_id,
    sequenceNumber: chunk.sequence_number,
    compression: chunk.compression_enabled ? 'zstd' : 'none',
    level,
    recipient: recipientFrom(Buffer.from(public_key, 'hex')),
    encapsulate,
    knownPlainHash: chunk.plain_hash,
    outputBuffer: place.output,
  });
  const metadata = {
    plain_size: chunk.plain_size,
    plain_hash: chunk.plain_hash,
    compression,
    encryption: { algorithm, key_id },
  };
  return { file, chunkHash, metadata };
}
