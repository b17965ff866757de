import type { Readable } from 'node:stream';
import type { ChunkMetadata, StoredChunk } from '@lucid/contracts';
import type { ChunkKey } from '../domain/chunk-place.ts';
import { errors } from '../errors.ts';
import { MAX_FILE_BYTES } from './receive-file.ts';
import type { Store } from './store.ts';

export interface IncomingChunk {
  key: ChunkKey;
  metadata: ChunkMetadata;
  bytes: Readable;
  /** As announced; unknown: the largest there may be. */
  sizeBytes: number | undefined;
}

/**
 * File first, record second: a record always has its file. Of two writers of the same number the first record wins; a
 * repeat of the same hash is answered with what is stored (and mends a file that has gone missing).
 * @returns the record, and whether this call made it
 */
export async function storeChunk(
  deps: Store,
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
  if (!known) await refuseDeleted(deps, key);
  const giveBack = await deps.capacity.reserve(incoming.sizeBytes ?? MAX_FILE_BYTES);
  try {
    return await writeAndRecord(deps, incoming, now);
  } finally {
    giveBack();
  }
}

async function writeAndRecord(
  deps: Store,
  { key, metadata, bytes }: IncomingChunk,
  now: string,
): Promise<{ chunk: StoredChunk; isNew: boolean }> {
  const { sizeBytes } = await deps.files.write(key, bytes);
  const chunk: StoredChunk = {
    ...key,
    size_bytes: sizeBytes,
    ...metadata,
    stored_at: now,
    location: 'active',
  };
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
  sameOrConflict(winner, key.chunk_hash);
  if (winner.location === 'archive') {
    // Mended: what was wrong in the archive makes way for the file that has just come.
    await deps.chunks.setLocation(key, 'active', now);
    await deps.files.removeAt(key, 'archive');
    deps.capacity.moved('active', 1, sizeBytes);
    return { chunk: { ...winner, location: 'active' }, isNew };
  }
  return { chunk: winner, isNew };
}

async function refuseDeleted({ chunks }: Store, key: ChunkKey): Promise<void> {
  if (await chunks.isDeleted(key.session_id)) throw errors.SESSION_DELETED();
  const removed = await chunks.findEver(key.session_id, key.sequence_number);
  if (removed?.deleted_at) throw errors.CHUNK_REMOVED({ details: { sequence_number: key.sequence_number } });
}

function sameOrConflict(known: StoredChunk, hash: string): StoredChunk {
  if (known.chunk_hash !== hash)
    throw errors.CHUNK_CONFLICT({
      details: { sequence_number: known.sequence_number, stored_hash: known.chunk_hash },
    });
  return known;
}
