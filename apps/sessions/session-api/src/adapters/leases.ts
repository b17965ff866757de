import type { Clock } from '@lucid/clock';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';

interface LeaseDocument {
  /** What is leased. */
  _id: string;
  holder: string;
  until_ms: number;
}

export const leasesDefinition = defineCollection<LeaseDocument>('session_sweeps', []);

/** One instance at a time does a thing; when it dies, another one does it after the lease has run out. */
export class Leases {
  readonly #collection: Collection<LeaseDocument>;
  readonly #clock: Clock;
  readonly #holder: string;

  /** @param holder unlike that of any other process, this instance's earlier lives included */
  constructor(collection: Collection<LeaseDocument>, clock: Clock, holder: string) {
    this.#collection = collection;
    this.#clock = clock;
    this.#holder = holder;
  }

  /** Takes or renews the lease. @returns false while somebody else has it */
  async hold(name: string, durationMs: number): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    const lease = { holder: this.#holder, until_ms: nowMs + durationMs };
    const mine = { $or: [{ holder: this.#holder }, { until_ms: { $lte: nowMs } }] };
    const taken = await this.#collection.updateOne({ _id: name, ...mine }, { $set: lease });
    if (taken.matchedCount === 1) return true;
    return addNew(this.#collection, { _id: name, ...lease });
  }

  async release(name: string): Promise<void> {
    await this.#collection.updateOne({ _id: name, holder: this.#holder }, { $set: { until_ms: 0 } });
  }
}
