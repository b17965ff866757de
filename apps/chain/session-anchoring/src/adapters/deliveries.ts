import type { Clock, Random } from '@lucid/clock';
import { addNew } from '@lucid/mongo';
import type { Collection, Filter, OptionalUnlessRequiredId, Sort, UpdateFilter } from 'mongodb';
import { statusesAllowing } from '../domain/anchoring-state.ts';
import { type Delivery, EXPIRY_MS } from '../domain/delivery.ts';

/** New values; `undefined` takes the field away. */
export type Change<Doc extends Delivery> = {
  [Name in keyof Omit<Doc, '_id' | 'lease'>]?: Doc[Name] | undefined;
};

export interface DeliveriesSettings {
  clock: Clock;
  random: Random;
  leaseMs: number;
}

/** Deliveries of one kind and who works on them: only the holder of the newest lease may change one. */
export class Deliveries<Doc extends Delivery> {
  protected readonly collection: Collection<Doc>;
  protected readonly settings: DeliveriesSettings;

  constructor(collection: Collection<Doc>, settings: DeliveriesSettings) {
    this.collection = collection;
    this.settings = settings;
  }

  find(id: string): Promise<Doc | null> {
    return this.collection.findOne({ _id: id } as Filter<Doc>) as Promise<Doc | null>;
  }

  /** @returns false when there is one already */
  async add(document: Doc): Promise<boolean> {
    return addNew(this.collection, document as unknown as OptionalUnlessRequiredId<Doc>);
  }

  /** Takes up to `limit` that are due, those that wait longest first; with those that gather once they fill a batch. */
  async claim(limit: number): Promise<Doc[]> {
    const claimed: Doc[] = [];
    const isFull =
      (await this.collection.countDocuments({ gathering: true } as Filter<Doc>, { limit })) >= limit;
    const takeNext = async () =>
      (await this.#claimOne({ due_at_ms: { $lte: this.settings.clock.nowMs() } }, { due_at_ms: 1 })) ??
      (isFull ? await this.#claimOne({ gathering: true }, { submitted_at: 1 }) : null);
    while (claimed.length < limit) {
      const next = await takeNext();
      if (!next) break;
      claimed.push(next);
    }
    return claimed;
  }

  #claimOne(which: object, sort: Sort): Promise<Doc | null> {
    const { clock, random, leaseMs } = this.settings;
    const nowMs = clock.nowMs();
    return this.collection.findOneAndUpdate(
      {
        ...which,
        $or: [{ lease: null }, { 'lease.expires_at_ms': { $lte: nowMs } }],
      } as unknown as Filter<Doc>,
      {
        $set: { lease: { token: random.uuid(), expires_at_ms: nowMs + leaseMs } },
        $unset: { gathering: '' },
      } as unknown as UpdateFilter<Doc>,
      { sort, returnDocument: 'after' },
    ) as Promise<Doc | null>;
  }

  /** Saves a step and goes on working. @returns null when the lease was lost: somebody else works on it now */
  save(held: Doc, change: Change<Doc>): Promise<Doc | null> {
    const { clock, leaseMs } = this.settings;
    return this.#update(held, change, { 'lease.expires_at_ms': clock.nowMs() + leaseMs });
  }

  /** Saves a step and gives the lease back. `change.due_at_ms` says when to look again. */
  settle(held: Doc, change: Change<Doc>): Promise<Doc | null> {
    return this.#update(held, change, { lease: null });
  }

  #update(held: Doc, change: Change<Doc>, lease: Record<string, unknown>): Promise<Doc | null> {
    const entries = Object.entries(change);
    const gone = entries.filter(([, value]) => value === undefined).map(([name]) => [name, '']);
    const update = {
      $set: { ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)), ...lease },
      ...(gone.length > 0 ? { $unset: Object.fromEntries(gone) } : {}),
    } as UpdateFilter<Doc>;
    return this.collection.findOneAndUpdate(
      { _id: held._id, 'lease.token': held.lease?.token ?? '' } as unknown as Filter<Doc>,
      update,
      { returnDocument: 'after' },
    ) as Promise<Doc | null>;
  }

  /** Takes one up again that was given up; anything else stays. The transaction is kept, if there is one. */
  async revive(id: string): Promise<void> {
    const nowMs = this.settings.clock.nowMs();
    const renewed = { status: 'pending', due_at_ms: nowMs, expires_at_ms: nowMs + EXPIRY_MS };
    await this.collection.updateOne(
      { _id: id, status: { $in: statusesAllowing('revive') } } as unknown as Filter<Doc>,
      {
        $set: { ...renewed, failures: 0, refusals: 0 },
        $unset: { error: '', delivered_at_ms: '' },
      } as unknown as UpdateFilter<Doc>,
    );
  }

  /** Neither confirmed nor given up. */
  waiting(): Promise<number> {
    return this.collection.countDocuments({
      status: { $in: ['pending', 'processing'] },
      due_at_ms: { $ne: null },
    } as unknown as Filter<Doc>);
  }

  protected countOf(which: object): Promise<number> {
    return this.collection.countDocuments(which as Filter<Doc>);
  }
}
