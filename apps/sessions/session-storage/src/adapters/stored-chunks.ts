import type { StoredChunk } from '@lucid/contracts';
import { defineCollection, isDuplicateKey } from '@lucid/mongo';
import type { Collection } from 'mongodb';

export interface StoredChunkDocument extends StoredChunk {
  _id: string;
  /** The files were removed; the record stays. */
  deleted_at?: string;
}

export const storedChunksDefinition = defineCollection<StoredChunkDocument>('stored_chunks', [
  { key: { session_id: 1, sequence_number: 1 }, unique: true },
]);

const idOf = (sessionId: string, sequenceNumber: number): string => `${sessionId}:${sequenceNumber}`;

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
    try {
      await this.#collection.insertOne({ _id: idOf(chunk.session_id, chunk.sequence_number), ...chunk });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
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

  async markDeleted(sessionId: string, at: string): Promise<void> {
    await this.#collection.updateMany({ session_id: sessionId }, { $set: { deleted_at: at } });
  }

  /** Sums over everything that still has a file. */
  async totals(): Promise<{ chunks: number; bytes: number }> {
    const [row] = await this.#collection
      .aggregate<{ chunks: number; bytes: number }>([
        { $match: { deleted_at: { $exists: false } } },
        { $group: { _id: null, chunks: { $sum: 1 }, bytes: { $sum: '$size_bytes' } } },
      ])
      .toArray();
    return { chunks: row?.chunks ?? 0, bytes: row?.bytes ?? 0 };
  }
}
