import type { Clock, Random } from '@lucid/clock';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection, Filter, UpdateFilter } from 'mongodb';
import type { AnchoringDocument } from '../domain/anchoring-document.ts';

export const anchoringsDefinition = defineCollection<AnchoringDocument>('session_anchorings', [
  { key: { anchoring_id: 1 }, unique: true },
  { key: { due_at_ms: 1 } },
  { key: { status: 1, confirmed_at: -1 } },
]);

/** New values; `undefined` takes the field away. */
export type Change = {
  [Name in keyof Omit<AnchoringDocument, '_id' | 'lease'>]?: AnchoringDocument[Name] | undefined;
};

const ACTIVE: Filter<AnchoringDocument> = { status: { $in: ['pending', 'processing'] } };
const RECENT = 100;

interface Settings {
  clock: Clock;
  random: Random;
  leaseMs: number;
}

/** The anchorings and who works on them: only the holder of the newest lease may change one. */
export class Anchorings {
  readonly #collection: Collection<AnchoringDocument>;
  readonly #settings: Settings;

  constructor(collection: Collection<AnchoringDocument>, settings: Settings) {
    this.#collection = collection;
    this.#settings = settings;
  }

  find(sessionId: string): Promise<AnchoringDocument | null> {
    return this.#collection.findOne({ _id: sessionId });
  }

  /** @returns false when the session has one already */
  async add(document: AnchoringDocument): Promise<boolean> {
    return addNew(this.#collection, document);
  }

  /** Takes up to `limit` that are due, those that wait longest first. */
  async claim(limit: number): Promise<AnchoringDocument[]> {
    const claimed: AnchoringDocument[] = [];
    while (claimed.length < limit) {
      const next = await this.#claimOne();
      if (!next) break;
      claimed.push(next);
    }
    return claimed;
  }

  #claimOne(): Promise<AnchoringDocument | null> {
    const { clock, random, leaseMs } = this.#settings;
    const nowMs = clock.nowMs();
    return this.#collection.findOneAndUpdate(
      { due_at_ms: { $lte: nowMs }, $or: [{ lease: null }, { 'lease.expires_at_ms': { $lte: nowMs } }] },
      { $set: { lease: { token: random.uuid(), expires_at_ms: nowMs + leaseMs } } },
      { sort: { due_at_ms: 1 }, returnDocument: 'after' },
    );
  }

  /** Saves a step and goes on working. @returns null when the lease was lost: somebody else works on it now */
  save(held: AnchoringDocument, change: Change): Promise<AnchoringDocument | null> {
    const { clock, leaseMs } = this.#settings;
    return this.#update(held, change, { 'lease.expires_at_ms': clock.nowMs() + leaseMs });
  }

  /** Saves a step and gives the lease back. `change.due_at_ms` says when to look again. */
  settle(held: AnchoringDocument, change: Change): Promise<AnchoringDocument | null> {
    return this.#update(held, change, { lease: null });
  }

  #update(
    held: AnchoringDocument,
    change: Change,
    lease: Record<string, unknown>,
  ): Promise<AnchoringDocument | null> {
    const entries = Object.entries(change);
    const gone = entries.filter(([, value]) => value === undefined).map(([name]) => [name, '']);
    const update = {
      $set: { ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)), ...lease },
      ...(gone.length > 0 ? { $unset: Object.fromEntries(gone) } : {}),
    } as UpdateFilter<AnchoringDocument>;
    return this.#collection.findOneAndUpdate(
      { _id: held._id, 'lease.token': held.lease?.token ?? '' },
      update,
      { returnDocument: 'after' },
    );
  }

  /** Neither confirmed nor given up. */
  waiting(): Promise<number> {
    return this.#collection.countDocuments(ACTIVE);
  }

  async counts(sinceTimestamp: string): Promise<{
    pending: number;
    processing: number;
    confirmedSince: number;
    averageConfirmationSeconds: number;
  }> {
    const confirmed = { status: 'confirmed' as const, confirmed_at: { $gte: sinceTimestamp } };
    const [pending, processing, confirmedSince, recent] = await Promise.all([
      this.#collection.countDocuments({ status: 'pending' }),
      this.#collection.countDocuments({ status: 'processing' }),
      this.#collection.countDocuments(confirmed),
      this.#collection
        .find({ status: 'confirmed' }, { projection: { submitted_at: 1, confirmed_at: 1 } })
        .sort({ status: 1, confirmed_at: -1 })
        .limit(RECENT)
        .toArray(),
    ]);
    const seconds = recent.map(({ submitted_at, confirmed_at }) =>
      Math.max(0, (Date.parse(confirmed_at ?? submitted_at) - Date.parse(submitted_at)) / 1000),
    );
    const sum = seconds.reduce((total, value) => total + value, 0);
    return {
      pending,
      processing,
      confirmedSince,
      averageConfirmationSeconds: seconds.length === 0 ? 0 : sum / seconds.length,
    };
  }
}
