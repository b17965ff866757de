import { type Clock, isoTime } from '@lucid/clock';
import type { Session, SessionProgress, SessionStatus } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';
import type { Collection, Filter } from 'mongodb';
import { progressFields, type SessionDocument } from '../domain/session-document.ts';

export const sessionsDefinition = defineCollection<SessionDocument>('sessions', [
  { key: { user_id: 1, created_at: -1, _id: -1 } },
  { key: { user_id: 1, status: 1, created_at: -1, _id: -1 } },
  { key: { purge_due_ms: 1 }, sparse: true },
]);

/** What became of a report; `from` is the status before it. */
export interface Applied {
  applied: boolean;
  from?: SessionStatus;
}

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
        .sort({ created_at: -1, _id: -1 })
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

  /**
   * Applies a report unless a newer one was applied already. A deleted session is left alone; when its pipeline lives all
   * the same (it was being started while it was deleted), it is purged once more.
   */
  async applyProgress(sessionId: string, progress: SessionProgress, clock: Clock): Promise<Applied> {
    const known = await this.#collection.findOne({ _id: sessionId });
    if (!known) return { applied: false };
    if (known.status === 'deleted') {
      if (progress.status !== 'deleted') await this.postponePurge(sessionId, clock.nowMs());
      return { applied: false };
    }
    const before = await this.#collection.findOneAndUpdate(
      { _id: sessionId, progress_version: { $lt: progress.version }, ...ALIVE },
      { $set: progressFields(known, progress, isoTime(clock)) },
      { returnDocument: 'before' },
    );
    return before ? { applied: true, from: before.status } : { applied: false };
  }

  /** @returns false when the status is no longer one of `from` */
  async markDeleted(sessionId: string, from: SessionStatus, clock: Clock): Promise<boolean> {
    const at = isoTime(clock);
    const deleted = await this.#collection.updateOne(
      { _id: sessionId, status: from },
      { $set: { status: 'deleted', deleted_at: at, updated_at: at, purge_due_ms: clock.nowMs() } },
    );
    return deleted.modifiedCount === 1;
  }

  /** Those that wait longest first, so that one that cannot be purged holds up nobody. */
  toPurge(nowMs: number, limit: number): Promise<SessionDocument[]> {
    return this.#collection
      .find({ purge_due_ms: { $lte: nowMs } })
      .sort({ purge_due_ms: 1 })
      .limit(limit)
      .toArray();
  }

  async postponePurge(sessionId: string, untilMs: number): Promise<void> {
    await this.#collection.updateOne({ _id: sessionId }, { $set: { purge_due_ms: untilMs } });
  }

  /** Done, unless somebody asked for another purge meanwhile. */
  async purged({ _id, purge_due_ms = 0 }: SessionDocument): Promise<void> {
    await this.#collection.updateOne({ _id, purge_due_ms }, { $unset: { purge_due_ms: '' } });
  }

  purgeBacklog(): Promise<number> {
    return this.#collection.countDocuments({ purge_due_ms: { $exists: true } });
  }
}
