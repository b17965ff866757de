import { type Clock, isoTime } from '@lucid/clock';
import type { SessionProgress, SessionStatus } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';
import type { Collection, Filter } from 'mongodb';
import { isMoreThanCounters, progressFields } from '../domain/progress-fields.ts';
import type { SessionDocument } from '../domain/session-document.ts';
import { isReachable, RUNNING } from '../domain/session-status.ts';
import { type Listing, listFilter, sortKey } from './session-listing.ts';

export const sessionsDefinition = defineCollection<SessionDocument>('sessions', [
  { key: { user_id: 1, created_at: -1, _id: -1 } },
  { key: { user_id: 1, status: 1, created_at: -1, _id: -1 } },
  { key: { created_at: -1, _id: -1 } },
  { key: { status: 1, created_at: -1 } },
  { key: { 'metadata.project': 1 } },
  { key: { 'metadata.environment': 1 } },
  { key: { 'metadata.tags': 1 } },
  { key: { purge_due_ms: 1 }, sparse: true },
  { key: { retention_due_ms: 1 }, sparse: true },
  { key: { archive_due_ms: 1 }, sparse: true },
  { key: { reserved_until_ms: 1 }, sparse: true },
]);

/** What became of a report; `from` is the session before it, `to` after it. */
export interface Applied {
  applied: boolean;
  from?: SessionDocument;
  to?: SessionDocument;
}

const ALIVE = { status: { $ne: 'deleted' as const } };
/** Reports of one session come one after the other; others write seldom. */
const MOST_TRIES = 5;

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

  /** Deleted ones too. */
  find(sessionId: string): Promise<SessionDocument | null> {
    return this.#collection.findOne({ _id: sessionId });
  }

  /** Deleted ones too, in any order. */
  findMany(sessionIds: readonly string[]): Promise<SessionDocument[]> {
    return this.#collection.find({ _id: { $in: [...sessionIds] } }).toArray();
  }

  async page(listing: Listing): Promise<{ sessions: SessionDocument[]; total: number }> {
    const filter = listFilter(listing);
    const [sessions, total] = await Promise.all([
      this.#collection
        .find(filter)
        .sort(sortKey(listing.sort))
        .skip(listing.skip)
        .limit(listing.limit)
        .toArray(),
      this.#collection.countDocuments(filter),
    ]);
    return { sessions, total };
  }

  /**
   * Changes a session that is not deleted.
   * @param when what must hold of it besides
   * @returns nothing when it does not
   */
  change(
    sessionId: string,
    fields: Partial<SessionDocument>,
    when: Filter<SessionDocument> = {},
  ): Promise<SessionDocument | null> {
    return this.#collection.findOneAndUpdate(
      { $and: [{ _id: sessionId, ...ALIVE }, when] },
      { $set: fields, $inc: { version: 1 } },
      { returnDocument: 'after' },
    );
  }

  /** Takes fields away; what the session shows does not change by that. */
  async forget(sessionId: string, ...fields: (keyof SessionDocument)[]): Promise<SessionDocument | null> {
    const $unset = Object.fromEntries(fields.map((field) => [field, ''] as const));
    return this.#collection.findOneAndUpdate({ _id: sessionId }, { $unset }, { returnDocument: 'after' });
  }

  /** Notes for the sweeps; what the session shows does not change by that. */
  async note(sessionId: string, fields: Partial<SessionDocument>): Promise<void> {
    await this.#collection.updateOne({ _id: sessionId }, { $set: fields });
  }

  /**
   * Applies a report unless a newer one was applied already, or nothing leads from where the session is to where the report says.
   * A deleted session is left alone; when its pipeline lives all the same (it was being started while it was deleted), it is
   * purged once more.
   */
  async applyProgress(sessionId: string, progress: SessionProgress, clock: Clock): Promise<Applied> {
    for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
      const known = await this.#collection.findOne({ _id: sessionId });
      if (!known) return { applied: false };
      if (known.status === 'deleted') {
        if (progress.status !== 'deleted') await this.postponePurge(sessionId, clock.nowMs());
        return { applied: false };
      }
      if (known.progress_version >= progress.version || !isReachable(known.status, progress.status))
        return { applied: false };
      const to = await this.#collection.findOneAndUpdate(
        { _id: sessionId, progress_version: known.progress_version, status: known.status },
        {
          $set: progressFields(known, progress, isoTime(clock)),
          ...(isMoreThanCounters(known, progress) ? { $inc: { version: 1 } } : {}),
          ...(progress.error === undefined ? { $unset: { error: '' } } : {}),
        },
        { returnDocument: 'after' },
      );
      if (to) return { applied: true, from: known, to };
    }
    return { applied: false };
  }

  /** How many hold a recorder, or are about to. @param userId whose; everybody's when left out */
  countRunning(nowMs: number, userId?: string): Promise<number> {
    const owner = userId === undefined ? {} : { user_id: userId };
    return this.#collection.countDocuments({
      $or: [
        { ...owner, status: { $in: [...RUNNING] } },
        { ...owner, status: 'created', reserved_until_ms: { $gt: nowMs } },
      ],
    });
  }

  /** @returns false when the status is no longer one of `from` */
  async markDeleted(sessionId: string, from: SessionStatus, clock: Clock): Promise<boolean> {
    const at = isoTime(clock);
    const deleted = await this.#collection.updateOne(
      { _id: sessionId, status: from },
      {
        $set: { status: 'deleted', deleted_at: at, updated_at: at, purge_due_ms: clock.nowMs() },
        $unset: { retention_due_ms: '', archive_due_ms: '' },
        $inc: { version: 1 },
      },
    );
    return deleted.modifiedCount === 1;
  }

  /** Those that wait longest first, so that one that cannot be purged holds up nobody. */
  toPurge(nowMs: number, limit: number): Promise<SessionDocument[]> {
    return this.#due('purge_due_ms', nowMs, limit);
  }

  /** Ended sessions whose retention is over, those that wait longest first. */
  toExpire(nowMs: number, limit: number): Promise<SessionDocument[]> {
    return this.#due('retention_due_ms', nowMs, limit);
  }

  toArchive(nowMs: number, limit: number): Promise<SessionDocument[]> {
    return this.#due('archive_due_ms', nowMs, limit);
  }

  /** Running ones, those that have been longest without a change first. */
  running(skip: number, limit: number): Promise<SessionDocument[]> {
    return this.#collection
      .find({ status: { $in: [...RUNNING] } })
      .sort({ _id: 1 })
      .skip(skip)
      .limit(limit)
      .toArray();
  }

  async postponePurge(sessionId: string, untilMs: number): Promise<void> {
    await this.note(sessionId, { purge_due_ms: untilMs });
  }

  /** Done, unless somebody asked for another purge meanwhile. @returns true for the one caller whose word it is */
  async purged({ _id, status, purge_due_ms = 0 }: SessionDocument, at: string): Promise<boolean> {
    const done = await this.#collection.updateOne(
      { _id, purge_due_ms },
      {
        $unset: { purge_due_ms: '', retention_due_ms: '', archive_due_ms: '' },
        ...(status === 'deleted' ? {} : { $set: { purged_at: at, updated_at: at }, $inc: { version: 1 } }),
      },
    );
    return done.modifiedCount === 1;
  }

  purgeBacklog(): Promise<number> {
    return this.#collection.countDocuments({ purge_due_ms: { $exists: true } });
  }

  /** Documents of a period with what totals are made of. @param userId whose; everybody's when left out */
  async *counted(from: string | undefined, userId: string | undefined): AsyncGenerator<Counted> {
    const filter: Filter<SessionDocument> = {
      ...(userId === undefined ? {} : { user_id: userId }),
      ...(from === undefined ? {} : { created_at: { $gte: from } }),
    };
    yield* this.#collection.find<Counted>(filter, { projection: { _id: 0, status: 1, statistics: 1 } });
  }

  #due(
    field: 'purge_due_ms' | 'retention_due_ms' | 'archive_due_ms',
    nowMs: number,
    limit: number,
  ): Promise<SessionDocument[]> {
    return this.#collection
      .find({ [field]: { $lte: nowMs } } as Filter<SessionDocument>)
      .sort({ [field]: 1 })
      .limit(limit)
      .toArray();
  }
}

export type Counted = Pick<SessionDocument, 'status' | 'statistics'>;
