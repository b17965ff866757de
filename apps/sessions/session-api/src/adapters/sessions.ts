import type { Session, SessionProgress, SessionStatus } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';
import type { Collection, Filter } from 'mongodb';
import { progressFields, type SessionDocument } from '../domain/session-document.ts';

export const sessionsDefinition = defineCollection<SessionDocument>('sessions', [
  { key: { user_id: 1, created_at: -1 } },
  { key: { user_id: 1, status: 1, created_at: -1 } },
  { key: { purge_pending: 1 }, sparse: true },
]);

const ALIVE = { status: { $ne: 'deleted' as const } };

export class Sessions {
  readonly #collection: Collection<SessionDocument>;

  constructor(collection: Collection<SessionDocument>) {
    this.#collection = collection;
  }

  async add(document: SessionDocument): Promise<void> {
    await this.#collection.insertOne(document);
  }

  countOf(userId: string): Promise<number> {
    return this.#collection.countDocuments({ user_id: userId, ...ALIVE });
  }

  /** Deleted sessions are not found. @param userId whose session it must be; undefined for an admin */
  findOwn(sessionId: string, userId: string | undefined): Promise<SessionDocument | null> {
    return this.#collection.findOne({
      _id: sessionId,
      ...(userId === undefined ? {} : { user_id: userId }),
      ...ALIVE,
    });
  }

  /** Newest first. */
  async page(
    userId: string,
    status: SessionStatus | undefined,
    page: number,
    limit: number,
  ): Promise<{ sessions: SessionDocument[]; total: number }> {
    const filter: Filter<SessionDocument> = { user_id: userId, ...(status ? { status } : ALIVE) };
    const [sessions, total] = await Promise.all([
      this.#collection
        .find(filter)
        .sort({ created_at: -1 })
        .skip((page - 1) * limit)
        .limit(limit)
        .toArray(),
      this.#collection.countDocuments(filter),
    ]);
    return { sessions, total };
  }

  update(sessionId: string, fields: Partial<Session>): Promise<SessionDocument | null> {
    return this.#collection.findOneAndUpdate(
      { _id: sessionId, ...ALIVE },
      { $set: fields },
      { returnDocument: 'after' },
    );
  }

  /** Applies a report unless a newer one was applied already; a deleted session is left alone. @returns what was applied */
  async applyProgress(sessionId: string, progress: SessionProgress, now: string): Promise<boolean> {
    const known = await this.#collection.findOne({ _id: sessionId });
    if (!known) return false;
    const applied = await this.#collection.updateOne(
      { _id: sessionId, progress_version: { $lt: progress.version }, ...ALIVE },
      { $set: progressFields(known, progress, now) },
    );
    return applied.modifiedCount === 1;
  }

  /** @returns false when the status is no longer one of `from` */
  async markDeleted(sessionId: string, from: SessionStatus, at: string): Promise<boolean> {
    const deleted = await this.#collection.updateOne(
      { _id: sessionId, status: from },
      { $set: { status: 'deleted', deleted_at: at, updated_at: at, purge_pending: true } },
    );
    return deleted.modifiedCount === 1;
  }

  toPurge(limit: number): Promise<SessionDocument[]> {
    return this.#collection.find({ purge_pending: true }).limit(limit).toArray();
  }

  async purged(sessionId: string): Promise<void> {
    await this.#collection.updateOne({ _id: sessionId }, { $unset: { purge_pending: '' } });
  }

  purgeBacklog(): Promise<number> {
    return this.#collection.countDocuments({ purge_pending: true });
  }
}
