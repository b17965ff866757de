import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';

export interface SweepDocument {
  _id: 'sweep';
  owner: string;
  /** Whoever has it has lost it then. */
  expires_at_ms: number;
  /** When the next regular sweep is due. */
  next_at_ms: number;
}

export const sweepsDefinition = defineCollection<SweepDocument>('storage_sweeps', []);

const LEASE_MS = 60_000;

/** Of all instances one sweeps at a time, and of the regular sweeps one is made per period. */
export class SweepLease {
  readonly #collection: Collection<SweepDocument>;
  readonly #instanceId: string;

  constructor(collection: Collection<SweepDocument>, instanceId: string) {
    this.#collection = collection;
    this.#instanceId = instanceId;
  }

  /** @param when `due`: only when a regular sweep is due @returns false when somebody else sweeps, or none is due */
  async take(nowMs: number, when: 'due' | 'now'): Promise<boolean> {
    const free = {
      expires_at_ms: { $lte: nowMs },
      ...(when === 'due' ? { next_at_ms: { $lte: nowMs } } : {}),
    };
    const mine = { owner: this.#instanceId, expires_at_ms: nowMs + LEASE_MS };
    const { matchedCount } = await this.#collection.updateOne({ _id: 'sweep', ...free }, { $set: mine });
    if (matchedCount === 1) return true;
    return addNew(this.#collection, { _id: 'sweep', ...mine, next_at_ms: nowMs });
  }

  /** @returns false when it was lost */
  async renew(nowMs: number): Promise<boolean> {
    const { matchedCount } = await this.#collection.updateOne(
      { _id: 'sweep', owner: this.#instanceId, expires_at_ms: { $gt: nowMs } },
      { $set: { expires_at_ms: nowMs + LEASE_MS } },
    );
    return matchedCount === 1;
  }

  /** @param nextAtMs when a regular sweep is due again; absent: as before */
  async release(nextAtMs?: number): Promise<void> {
    await this.#collection.updateOne(
      { _id: 'sweep', owner: this.#instanceId },
      { $set: { expires_at_ms: 0, ...(nextAtMs === undefined ? {} : { next_at_ms: nextAtMs }) } },
    );
  }
}
