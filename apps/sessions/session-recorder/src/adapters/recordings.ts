import { addNew } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import type { RecordingStatus } from '../domain/recording-state.ts';
import type { StoredPrefix } from '../domain/stored-prefix.ts';
import { type RecordingDocument, storedFields } from './documents.ts';

/** What a new owner writes when it takes over. */
export interface TakeOver {
  owner: { instance_id: string; address: string };
  lease_expires_at_ms: number;
  planned_ends: number[];
  prefix: StoredPrefix;
}

/** Recordings, their owners and their leases. */
export class Recordings {
  readonly #collection: Collection<RecordingDocument>;

  constructor(collection: Collection<RecordingDocument>) {
    this.#collection = collection;
  }

  find(sessionId: string): Promise<RecordingDocument | null> {
    return this.#collection.findOne({ _id: sessionId });
  }

  ownedBy(instanceId: string): Promise<RecordingDocument[]> {
    return this.#collection.find({ 'owner.instance_id': instanceId }).toArray();
  }

  /** @returns false when the session has a recording already */
  async add(recording: RecordingDocument): Promise<boolean> {
    return addNew(this.#collection, recording);
  }

  /**
   * Says that the owner is alive, where it is and how far it has come.
   * @returns false when somebody else is the owner by now
   */
  async renew(
    sessionId: string,
    epoch: number,
    fields: Pick<RecordingDocument, 'owner' | 'lease_expires_at_ms' | 'durable_offset'>,
  ): Promise<boolean> {
    const { matchedCount } = await this.#collection.updateOne(
      { _id: sessionId, epoch, 'owner.instance_id': fields.owner.instance_id },
      { $set: fields },
    );
    return matchedCount === 1;
  }

  /** @returns the recording with its new owner, or null when another was faster or the old one came back */
  takeOver(expected: RecordingDocument, { prefix, ...fields }: TakeOver): Promise<RecordingDocument | null> {
    return this.#collection.findOneAndUpdate(
      {
        _id: expected._id,
        epoch: expected.epoch,
        lease_expires_at_ms: { $lte: expected.lease_expires_at_ms },
      },
      {
        $set: {
          ...fields,
          durable_offset: prefix.offset,
          ...storedFields(prefix),
        },
        $inc: { epoch: 1 },
      },
      { returnDocument: 'after' },
    );
  }

  /** @returns false when this epoch is over */
  async setStatus(
    sessionId: string,
    epoch: number,
    status: RecordingStatus,
    fields: Partial<Omit<RecordingDocument, '_id' | 'epoch' | 'status' | 'owner'>>,
  ): Promise<boolean> {
    const { matchedCount } = await this.#collection.updateOne(
      { _id: sessionId, epoch },
      { $set: { status, ...fields } },
    );
    return matchedCount === 1;
  }

  /** Writes fields that have nothing to do with the status. @returns false when this epoch is over */
  async setFields(
    sessionId: string,
    epoch: number,
    fields: Pick<RecordingDocument, 'source' | 'segments'>,
  ): Promise<boolean> {
    const { matchedCount } = await this.#collection.updateOne({ _id: sessionId, epoch }, { $set: fields });
    return matchedCount === 1;
  }

  /** Moves the stored prefix on; of two that do so at once, one does nothing. */
  async advance(sessionId: string, from: StoredPrefix, to: StoredPrefix): Promise<void> {
    await this.#collection.updateOne(
      { _id: sessionId, stored_sequence: from.sequence },
      { $set: storedFields(to) },
    );
  }

  /** Address by instance id of every recorder that has renewed a lease recently. */
  async liveOwners(nowMs: number): Promise<Map<string, string>> {
    const alive = await this.#collection
      .find({ lease_expires_at_ms: { $gt: nowMs } }, { projection: { _id: 0, owner: 1 } })
      .toArray();
    return new Map(alive.map(({ owner }) => [owner.instance_id, owner.address]));
  }

  /** Newest first. */
  async list(page: {
    limit: number;
    skip: number;
    status: RecordingStatus | undefined;
  }): Promise<{ recordings: RecordingDocument[]; total: number }> {
    const filter = page.status ? { status: page.status } : {};
    const [recordings, total] = await Promise.all([
      this.#collection
        .find(filter)
        .sort({ started_at: -1, _id: 1 })
        .skip(page.skip)
        .limit(page.limit)
        .toArray(),
      this.#collection.countDocuments(filter),
    ]);
    return { recordings, total };
  }

  async release(sessionId: string, epoch: number, nowMs: number): Promise<void> {
    await this.#collection.updateOne({ _id: sessionId, epoch }, { $set: { lease_expires_at_ms: nowMs } });
  }

  async remove(sessionId: string): Promise<void> {
    await this.#collection.deleteOne({ _id: sessionId });
  }
}
