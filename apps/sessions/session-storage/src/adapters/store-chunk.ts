import type { Readable } from 'node:stream';
import type { ChunkMetadata, StoredChunk } from '@lucid/contracts';
import { errors } from '../errors.ts';
import type { ChunkKey } from './chunk-files.ts';
import type { Deps } from './connect.ts';

export interface IncomingChunk {
  key: ChunkKey;
  metadata: ChunkMetadata;
  bytes: Readable;
}

/**
 * File first, record second: a record always has its file. Of two writers of the same number the first record wins; a
 * repeat of the same hash is answered with what is stored (and mends a file that has gone missing).
 * @returns the record, and whether this call made it
 */
export async function storeChunk(
  deps: Deps,
  incoming: IncomingChunk,
  now: string,
): Promise<{ chunk: StoredChunk; isNew: boolean }> {
  const { key } = incoming;
  const known = await deps.chunks.find(key.session_id, key.sequence_number);
  if (known) {
    sameOrConflict(known, key.chunk_hash);
    const isWhole = (await deps.files.sizeOf(known)) === known.size_bytes;
    if (isWhole) return { chunk: known, isNew: false };
  }
  if (!known && (await deps.chunks.isDeleted(key.session_id))) throw errors.SESSION_DELETED();
  if ((await deps.capacity.read()).isFull) throw errors.STORAGE_FULL();
  const { sizeBytes } = await deps.files.write(key, incoming.bytes);
  const chunk: StoredChunk = { ...key, size_bytes: sizeBytes, ...incoming.metadata, stored_at: now };
  const isNew = await deps.chunks.add(chunk);
  const winner = isNew ? chunk : await deps.chunks.find(key.session_id, key.sequence_number);
  if (winner?.chunk_hash !== key.chunk_hash) await deps.files.remove(key);
  if (await deps.chunks.isDeleted(key.session_id)) {
    // Deleted while the bytes came in: the deletion may have missed this record and this file.
    await deps.chunks.markDeleted(key.session_id, now);
    await deps.files.remove(key);
    throw errors.SESSION_DELETED();
  }
  if (!winner) throw errors.CHUNK_CONFLICT();
  if (isNew) deps.capacity.added(sizeBytes);
  return { chunk: sameOrConflict(winner, key.chunk_hash), isNew };
}

function sameOrConflict(known: StoredChunk, hash: string): StoredChunk {
  if (known.chunk_hash !== hash)
    throw errors.CHUNK_CONFLICT({
      details: { sequence_number: known.sequence_number, stored_hash: known.chunk_hash },
    });
  return known;
}
