import type { CHUNK_REMOVAL_REASONS, StoredChunk } from '@lucid/contracts';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection, Filter } from 'mongodb';
import type { ChunkKey, Place } from '../domain/chunk-place.ts';
import type { KnownFile } from '../domain/leftover.ts';
import { NOTHING, type Totals } from './capacity.ts';

export type RemovalReason = (typeof CHUNK_REMOVAL_REASONS)[number];

export interface StoredChunkDocument extends StoredChunk {
  _id: string;
  /** When the file came to where it is; absent: when it was stored. */
  placed_at?: string;
  /** The files were removed; the record stays. */
  deleted_at?: string;
  /** Why this one chunk was removed; absent when its session was deleted. */
  removal_reason?: RemovalReason;
}

export const storedChunksDefinition = defineCollection<StoredChunkDocument>('stored_chunks', [
  { key: { session_id: 1, sequence_number: 1 }, unique: true },
  { key: { location: 1, stored_at: 1 } },
]);

const idOf = (sessionId: string, sequenceNumber: number): string => `${sessionId}:${sequenceNumber}`;

/** Number of the record that says: this session was deleted, whatever comes for it comes too late. */
const TOMBSTONE = 0;

const WITHOUT_INTERNALS = { _id: 0, deleted_at: 0, placed_at: 0, removal_reason: 0 } as const;
const ALIVE = { deleted_at: { $exists: false } };

/** Records without a location are of files that never moved. */
const at = (place: Place): Filter<StoredChunkDocument> =>
  place === 'archive' ? { location: 'archive' } : { location: { $ne: 'archive' } };

/** What storage knows of its files. */
export class StoredChunks {
  readonly #collection: Collection<StoredChunkDocument>;

  constructor(collection: Collection<StoredChunkDocument>) {
    this.#collection = collection;
  }

  find(sessionId: string, sequenceNumber: number): Promise<StoredChunk | null> {
    return this.#collection.findOne<StoredChunk>(
      { _id: idOf(sessionId, sequenceNumber), ...ALIVE },
      { projection: WITHOUT_INTERNALS },
    );
  }

  /** @returns false when a record for this number exists already */
  async add(chunk: StoredChunk): Promise<boolean> {
    return addNew(this.#collection, { _id: idOf(chunk.session_id, chunk.sequence_number), ...chunk });
  }

  /** In order of their numbers, those above `after`. */
  list(sessionId: string, after: number, limit: number): Promise<StoredChunk[]> {
    return this.#list({ session_id: sessionId, sequence_number: { $gt: after }, ...ALIVE }, limit);
  }

  /** The same, of those in one half of the store. */
  listAt(sessionId: string, place: Place, after: number, limit: number): Promise<StoredChunk[]> {
    return this.#list(
      { session_id: sessionId, sequence_number: { $gt: after }, ...ALIVE, ...at(place) },
      limit,
    );
  }

  #list(filter: Filter<StoredChunkDocument>, limit: number): Promise<StoredChunk[]> {
    return this.#collection
      .find(filter, { projection: WITHOUT_INTERNALS })
      .sort({ session_id: 1, sequence_number: 1 })
      .limit(limit)
      .toArray() as Promise<StoredChunk[]>;
  }

  count(sessionId: string): Promise<number> {
    return this.#collection.countDocuments({ session_id: sessionId, ...ALIVE });
  }

  /** @returns false when the chunk was deleted meanwhile */
  async setLocation(key: ChunkKey, location: Place, placedAt: string): Promise<boolean> {
    const { matchedCount } = await this.#collection.updateOne(
      { _id: idOf(key.session_id, key.sequence_number), chunk_hash: key.chunk_hash, ...ALIVE },
      { $set: { location, placed_at: placedAt } },
    );
    return matchedCount === 1;
  }

  /** Sessions with files in the active half all of which came there before `before`, in no order. */
  async archivable(before: string, limit: number): Promise<string[]> {
    const rows = await this.#collection
      .aggregate<{ _id: string }>([
        { $match: { ...ALIVE, ...at('active'), stored_at: { $lt: before } } },
        {
          $group: {
            _id: '$session_id',
            newest: { $max: { $ifNull: ['$placed_at', '$stored_at'] } },
          },
        },
        { $match: { newest: { $lt: before } } },
        { $limit: limit },
      ])
      .toArray();
    const candidates = rows.map(({ _id }) => _id);
    const young = await this.#collection.distinct('session_id', {
      session_id: { $in: candidates },
      ...ALIVE,
      stored_at: { $gte: before },
    });
    return candidates.filter((sessionId) => !young.includes(sessionId));
  }

  /** Every number of a session, removed ones included, for whoever judges its files. */
  async files(sessionId: string): Promise<Map<number, KnownFile & { size_bytes: number }>> {
    const found = await this.#collection
      .find({ session_id: sessionId, sequence_number: { $gt: TOMBSTONE } })
      .toArray();
    return new Map(
      found.map(({ sequence_number, chunk_hash, size_bytes, location = 'active', deleted_at }) => [
        sequence_number,
        { sequence_number, chunk_hash, size_bytes, location, isDeleted: deleted_at !== undefined },
      ]),
    );
  }

  async isDeleted(sessionId: string): Promise<boolean> {
    return (await this.#collection.countDocuments({ _id: idOf(sessionId, TOMBSTONE) }, { limit: 1 })) > 0;
  }

  /** The record of a number whatever became of it. */
  findEver(sessionId: string, sequenceNumber: number): Promise<StoredChunkDocument | null> {
    return this.#collection.findOne({ _id: idOf(sessionId, sequenceNumber) });
  }

  /** From here on the chunk is not found. @returns what this call took away */
  async markChunkDeleted(
    sessionId: string,
    sequenceNumber: number,
    removal: { reason: RemovalReason; at: string },
  ): Promise<Totals> {
    const gone = await this.#collection.findOneAndUpdate(
      { _id: idOf(sessionId, sequenceNumber), ...ALIVE },
      { $set: { deleted_at: removal.at, removal_reason: removal.reason } },
    );
    return gone ? totalsOf(gone.location ?? 'active', 1, gone.size_bytes) : NOTHING;
  }

  /** From here on nothing of the session is found and nothing more is taken. @returns what this call took away */
  async markDeleted(sessionId: string, deletedAt: string): Promise<Totals> {
    await this.#collection.updateOne(
      { _id: idOf(sessionId, TOMBSTONE) },
      { $setOnInsert: { session_id: sessionId, sequence_number: TOMBSTONE, deleted_at: deletedAt } },
      { upsert: true },
    );
    const alive = { session_id: sessionId, ...ALIVE };
    const gone = await this.#sum(alive);
    const marked = await this.#collection.updateMany(alive, { $set: { deleted_at: deletedAt } });
    return marked.modifiedCount === 0 ? NOTHING : gone;
  }

  /** Sums over everything that still has a file. */
  totals(): Promise<Totals> {
    return this.#sum(ALIVE);
  }

  async #sum(filter: Filter<StoredChunkDocument>): Promise<Totals> {
    const rows = await this.#collection
      .aggregate<{ _id: Place | null; chunks: number; bytes: number }>([
        { $match: filter },
        { $group: { _id: '$location', chunks: { $sum: 1 }, bytes: { $sum: '$size_bytes' } } },
      ])
      .toArray();
    return rows
      .map(({ _id, chunks, bytes }) => totalsOf(_id ?? 'active', chunks, bytes))
      .reduce(
        (sum, part) => ({
          chunks: sum.chunks + part.chunks,
          bytes: sum.bytes + part.bytes,
          archivedChunks: sum.archivedChunks + part.archivedChunks,
          archivedBytes: sum.archivedBytes + part.archivedBytes,
        }),
        NOTHING,
      );
  }
}

const totalsOf = (place: Place, chunks: number, bytes: number): Totals => ({
  chunks,
  bytes,
  archivedChunks: place === 'archive' ? chunks : 0,
  archivedBytes: place === 'archive' ? bytes : 0,
});
