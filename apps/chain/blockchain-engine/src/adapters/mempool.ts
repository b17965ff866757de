import type { Clock } from '@lucid/clock';
import type { BlockLimits } from '@lucid/ledger';
import { defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import { PRIORITY, type Priority } from '../domain/priority.ts';
import type { MempoolEntry } from '../domain/transaction-document.ts';

export const mempoolDefinition = defineCollection<MempoolEntry>('mempool', [
  { key: { priority: 1, received_at_ms: 1, sequence: 1 } },
  { key: { received_at_ms: 1, sequence: 1 } },
]);

/** The size is counted at most this often; in between it follows what this instance does. */
const COUNT_EVERY_MS = 1000;

/** Which transactions wait for a block, and in which order. Can be rebuilt from the transactions at any time. */
export class Mempool {
  readonly #collection: Collection<MempoolEntry>;
  readonly #clock: Clock;
  #size = 0;
  #countedMs = Number.NEGATIVE_INFINITY;

  constructor(collection: Collection<MempoolEntry>, clock: Clock) {
    this.#collection = collection;
    this.#clock = clock;
  }

  /** How many wait. */
  async size(): Promise<number> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#countedMs >= COUNT_EVERY_MS) {
      this.#countedMs = nowMs;
      this.#size = await this.#collection.countDocuments({});
    }
    return this.#size;
  }

  /** Entries that are there already stay as they are, in their old place. */
  async add(entries: readonly MempoolEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const operations = entries.map(({ _id, ...fields }) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true },
    }));
    const { upsertedCount } = await this.#collection.bulkWrite(operations, { ordered: false });
    this.#size += upsertedCount;
  }

  async remove(txIds: readonly string[]): Promise<void> {
    if (txIds.length === 0) return;
    const { deletedCount } = await this.#collection.deleteMany({ _id: { $in: [...txIds] } });
    this.#size = Math.max(0, this.#size - deletedCount);
  }

  /** The first of each class, in the order in which blocks take them. @param limits most of each class */
  async first(limits: Pick<BlockLimits, 'max_transactions' | 'max_anchors'>): Promise<MempoolEntry[]> {
    const most = { [PRIORITY.session_anchor]: limits.max_anchors };
    const classes = await Promise.all(
      Object.values(PRIORITY).map((priority) =>
        this.#ofClass(priority, most[priority as 1] ?? limits.max_transactions),
      ),
    );
    return classes.flat();
  }

  #ofClass(priority: Priority, limit: number): Promise<MempoolEntry[]> {
    return this.#collection
      .find({ priority }, { batchSize: 1000 })
      .sort({ priority: 1, received_at_ms: 1, sequence: 1 })
      .limit(limit)
      .toArray();
  }

  /** Oldest first, whatever their class. */
  oldest(limit: number): Promise<MempoolEntry[]> {
    return this.#collection.find({}).sort({ received_at_ms: 1, sequence: 1 }).limit(limit).toArray();
  }

  receivedBefore(timeMs: number, limit: number): Promise<MempoolEntry[]> {
    return this.#collection
      .find({ received_at_ms: { $lt: timeMs } })
      .limit(limit)
      .toArray();
  }

  async ids(): Promise<string[]> {
    const found = await this.#collection.find({}, { projection: { _id: 1 }, batchSize: 10_000 }).toArray();
    return found.map(({ _id }) => _id);
  }
}
