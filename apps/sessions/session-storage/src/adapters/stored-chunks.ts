import type { StoredChunk } from '@lucid/contracts';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection, Filter } from 'mongodb';
import type { Totals } from './capacity.ts';

export interface StoredChunkDocument extends StoredChunk {
  _id: string;
  /** The files were removed; the record stays. */
  deleted_at?: string;
}

export const storedChunksDefinition = defineCollection<StoredChunkDocument>('stored_chunks', [
  { key: { session_id: 1, sequence_number: 1 }, unique: true },
]);

const idOf = (sessionId: string, sequenceNumber: number): string => `${sessionId}:${sequenceNumber}`;

/** Number of the record that says: this session was deleted, whatever comes for it comes too late. */
const TOMBSTONE = 0;

const WITHOUT_INTERNALS = { _id: 0, deleted_at: 0 } as const;

/** What storage knows of its files. */
export class StoredChunks {
  readonly #collection: Collection<StoredChunkDocument>;

  constructor(collection: Collection<StoredChunkDocument>) {
    this.#collection = collection;
  }

  find(sessionId: string, sequenceNumber: number): Promise<StoredChunk | null> {
    return this.#collection.findOne<StoredChunk>(
      { _id: idOf(sessionId, sequenceNumber), deleted_at: { $exists: false } },
      { projection: WITHOUT_INTERNALS },
    );
  }

  /** @returns false when a record for this number exists already */
  async add(chunk: StoredChunk): Promise<boolean> {
    return addNew(this.#collection, { _id: idOf(chunk.session_id, chunk.sequence_number), ...chunk });
  }

  /** In order of their numbers, those above `after`. */
  list(sessionId: string, after: number, limit: number): Promise<StoredChunk[]> {
    return this.#collection
      .find(
        { session_id: sessionId, sequence_number: { $gt: after }, deleted_at: { $exists: false } },
        { projection: WITHOUT_INTERNALS },
      )
      .sort({ session_id: 1, sequence_number: 1 })
      .limit(limit)
      .toArray() as Promise<StoredChunk[]>;
  }

  count(sessionId: string): Promise<number> {
    return this.#collection.countDocuments({ session_id: sessionId, deleted_at: { $exists: false } });
  }

  async isDeleted(sessionId: string): Promise<boolean> {
    return (await this.#collection.countDocuments({ _id: idOf(sessionId, TOMBSTONE) }, { limit: 1 })) > 0;
  }

  /** From here on nothing of the session is found and nothing more is taken. @returns what this call took away */
  async markDeleted(sessionId: string, at: string): Promise<Totals> {
    await this.#collection.updateOne(
      { _id: idOf(sessionId, TOMBSTONE) },
      { $setOnInsert: { session_id: sessionId, sequence_number: TOMBSTONE, deleted_at: at } },
      { upsert: true },
    );
    const alive = { session_id: sessionId, deleted_at: { $exists: false } };
    const gone = await this.#sum(alive);
    const marked = await this.#collection.updateMany(alive, { $set: { deleted_at: at } });
    return marked.modifiedCount === 0 ? { chunks: 0, bytes: 0 } : gone;
  }

  /** Sums over everything that still has a file. */
  totals(): Promise<Totals> {
    return this.#sum({ deleted_at: { $exists: false } });
  }

  async #sum(filter: Filter<StoredChunkDocument>): Promise<Totals> {
    const [row] = await this.#collection
      .aggregate<Totals>([
        { $match: filter },
        { $group: { _id: null, chunks: { $sum: 1 }, bytes: { $sum: '$size_bytes' } } },
      ])
      .toArray();
    return { chunks: row?.chunks ?? 0, bytes: row?.bytes ?? 0 };
  }
}
