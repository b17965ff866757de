import type { ChunkStatus } from '@lucid/contracts';
import { addNew } from '@lucid/mongo';
import type { Collection, Filter } from 'mongodb';
import type { KnownChunk } from '../domain/recovery-plan.ts';
import type { StoredPiece, StoredPrefix } from '../domain/stored-prefix.ts';
import type { ChunkDocument } from './documents.ts';

/** `fenced`: a newer owner has this number. `other_bytes`: storage has other bytes under it. */
export type Registration = 'registered' | 'known' | 'fenced' | 'other_bytes';

export type KnownRecord = KnownChunk & Pick<ChunkDocument, 'plain_offset' | 'plain_hash' | 'size_bytes'>;

export interface ChunkCounts {
  sealed: number;
  stored: number;
  quarantined: number;
  storedBytes: number;
}

/** Records of sealed chunks. What processors do with them is in `ChunkQueue`. */
export class Chunks {
  readonly #collection: Collection<ChunkDocument>;

  constructor(collection: Collection<ChunkDocument>) {
    this.#collection = collection;
  }

  find(sessionId: string, sequence: number): Promise<ChunkDocument | null> {
    return this.#collection.findOne({ session_id: sessionId, sequence_number: sequence });
  }

  /** Inserts the record; idempotent on session, number and hash. A record of an older owner gives way. */
  async register(chunk: ChunkDocument): Promise<Registration> {
    for (;;) {
      if (await addNew(this.#collection, chunk)) return 'registered';
      const known = await this.find(chunk.session_id, chunk.sequence_number);
      if (!known) continue;
      if (known.epoch > chunk.epoch) return 'fenced';
      const isSame = known.plain_hash === chunk.plain_hash && known.plain_size === chunk.plain_size;
      if (known.status === 'stored') return isSame ? 'known' : 'other_bytes';
      if (known.epoch === chunk.epoch) return isSame ? 'known' : 'other_bytes';
      await this.#collection.deleteOne({
        _id: known._id,
        epoch: known.epoch,
        status: { $ne: 'stored' satisfies ChunkStatus },
      });
    }
  }

  async list(
    sessionId: string,
    page: {
      limit: number;
      offset: number;
      status?: ChunkStatus | undefined;
      /** Sealed at this time or later. */
      from?: string | undefined;
      /** Sealed before this time. */
      until?: string | undefined;
    },
  ): Promise<{ chunks: ChunkDocument[]; total: number }> {
    const { from, until } = page;
    const sealed = { ...(from ? { $gte: from } : {}), ...(until ? { $lt: until } : {}) };
    const filter: Filter<ChunkDocument> = {
      session_id: sessionId,
      ...(page.status ? { status: page.status } : {}),
      ...(from || until ? { created_at: sealed } : {}),
    };
    const [chunks, total] = await Promise.all([
      this.#collection
        .find(filter)
        .sort({ session_id: 1, sequence_number: 1 })
        .skip(page.offset)
        .limit(page.limit)
        .toArray(),
      this.#collection.countDocuments(filter),
    ]);
    return { chunks, total };
  }

  /** Numbers, sizes, hashes and states of all chunks of a recording. */
  known(sessionId: string): Promise<KnownRecord[]> {
    const projection = {
      _id: 0,
      sequence_number: 1,
      plain_size: 1,
      plain_offset: 1,
      plain_hash: 1,
      size_bytes: 1,
      status: 1,
    } as const;
    return this.#collection
      .find({ session_id: sessionId }, { projection })
      .sort({ session_id: 1, sequence_number: 1 })
      .toArray() as Promise<KnownRecord[]>;
  }

  /** Quarantined chunks of all sessions, oldest first. */
  async quarantined(page: {
    limit: number;
    skip: number;
  }): Promise<{ chunks: ChunkDocument[]; total: number }> {
    const filter: Filter<ChunkDocument> = { status: 'quarantined' };
    const [chunks, total] = await Promise.all([
      this.#collection
        .find(filter)
        .sort({ status: 1, created_at: 1 })
        .skip(page.skip)
        .limit(page.limit)
        .toArray(),
      this.#collection.countDocuments(filter),
    ]);
    return { chunks, total };
  }

  /** Back into the queue with all its attempts. @returns the chunk, or null when it is not quarantined */
  retry(sessionId: string, sequence: number, nowMs: number): Promise<ChunkDocument | null> {
    return this.#collection.findOneAndUpdate(
      { session_id: sessionId, sequence_number: sequence, status: 'quarantined' },
      { $set: { status: 'recorded', attempts: 0, deferrals: 0, claimable_at_ms: nowMs } },
      { returnDocument: 'after' },
    );
  }

  storedAfter(sessionId: string, sequence: number, limit: number): Promise<StoredPiece[]> {
    return this.#collection
      .find(
        { session_id: sessionId, sequence_number: { $gt: sequence }, status: 'stored' },
        { projection: { _id: 0, sequence_number: 1, plain_size: 1, size_bytes: 1 } },
      )
      .sort({ session_id: 1, sequence_number: 1 })
      .limit(limit)
      .toArray() as Promise<StoredPiece[]>;
  }

  /** Of these numbers, those that no processor will ask for any more. */
  settledAmong(
    sessionId: string,
    sequences: readonly number[],
  ): Promise<Pick<ChunkDocument, 'sequence_number' | 'status'>[]> {
    return this.#collection
      .find(
        {
          session_id: sessionId,
          sequence_number: { $in: [...sequences] },
          status: { $in: ['stored', 'deleted', 'quarantined'] },
        },
        { projection: { _id: 0, sequence_number: 1, status: 1 } },
      )
      .toArray();
  }

  /** Drops what a former owner had stored beyond the end of the recording. */
  async dropBeyond(sessionId: string, sequence: number): Promise<void> {
    await this.#collection.deleteMany({ session_id: sessionId, sequence_number: { $gt: sequence } });
  }

  /**
   * How many chunks there are and in what state. Those of the stored prefix are taken as counted: a long recording has
   * thousands, and is asked about every second.
   */
  async counts(sessionId: string, prefix: StoredPrefix): Promise<ChunkCounts> {
    const rows = await this.#collection
      .aggregate<{ _id: ChunkStatus; count: number; bytes: number }>([
        { $match: { session_id: sessionId, sequence_number: { $gt: prefix.sequence } } },
        { $group: { _id: '$status', count: { $sum: 1 }, bytes: { $sum: '$size_bytes' } } },
      ])
      .toArray();
    const of = (status: ChunkStatus) => rows.find((row) => row._id === status);
    return {
      sealed: prefix.sequence + rows.reduce((sum, row) => sum + row.count, 0),
      stored: prefix.sequence + (of('stored')?.count ?? 0),
      quarantined: of('quarantined')?.count ?? 0,
      storedBytes: prefix.fileBytes + (of('stored')?.bytes ?? 0),
    };
  }

  /** Chunks that some processor is working on right now. */
  inWork(sessionId: string, nowMs: number): Promise<number> {
    return this.#collection.countDocuments({
      session_id: sessionId,
      status: 'processing',
      claimable_at_ms: { $gt: nowMs },
    });
  }

  /** Drops what a former owner had registered but nobody has stored. */
  async dropUnstored(sessionId: string, afterSequence: number, beforeEpoch: number): Promise<void> {
    await this.#collection.deleteMany({
      session_id: sessionId,
      sequence_number: { $gt: afterSequence },
      epoch: { $lt: beforeEpoch },
      status: { $ne: 'stored' },
    });
  }

  /** Takes a chunk out of the queue for good. */
  async quarantine(sessionId: string, sequence: number, reason: string): Promise<void> {
    await this.#collection.updateOne(
      { session_id: sessionId, sequence_number: sequence, status: { $in: ['recorded', 'processing'] } },
      {
        $set: { status: 'quarantined', error: reason },
        $unset: { claimable_at_ms: '', lease_token: '', worker_id: '' },
      },
    );
  }

  async removeAll(sessionId: string): Promise<void> {
    await this.#collection.deleteMany({ session_id: sessionId });
  }
}
