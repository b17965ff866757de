import { ChunkCodecError, decodeChunkAsync } from '@lucid/chunk-codec';
import { errors } from '../errors.ts';
import type { ChunkStore } from './chunk-store.ts';
import type { SessionKeys } from './session-keys.ts';

/**
 * A stored chunk, decrypted and decompressed; checked at every step, and given out whole or not at all.
 * @throws 7150, 7151, 7152, 7153, 7154
 */
export async function readPlaintext(
  { store, keys }: { store: ChunkStore; keys: SessionKeys },
  sessionId: string,
  sequenceNumber: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const { keyId, dek } = await keys.forReading(sessionId);
  try {
    const stored = await store.find(sessionId, sequenceNumber);
    if (!stored) throw errors.CHUNK_NOT_STORED();
    const details = { sequence_number: sequenceNumber };
    if (stored.encryption.key_id !== keyId)
      throw errors.CHUNK_DAMAGED({ details: { ...details, problem: 'another key' } });
    const file = await store.read(stored, signal);
    if (file?.hash !== stored.chunk_hash)
      throw errors.CHUNK_DAMAGED({ details: { ...details, problem: 'chunk hash' } });
    return await decodeChunkAsync({
      file: file.bytes,
      sessionId,
      sequenceNumber,
      dek,
      compression: stored.compression.algorithm,
      plainHash: stored.plain_hash,
    });
  } catch (error) {
    if (!(error instanceof ChunkCodecError)) throw error;
    throw errors.CHUNK_DAMAGED({
      details: { sequence_number: sequenceNumber, problem: error.code },
      cause: error,
    });
  } finally {
    dek.fill(0);
  }
}
