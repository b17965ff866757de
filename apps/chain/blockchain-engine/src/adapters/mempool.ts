import type { Clock } from '@lucid/clock';
import type { BlockLimits } from '@lucid/ledger';
import { defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import { PRIORITY, type Priority } from '../domain/priority.ts';
import type { MempoolEntry } from '../domain/transaction-document.ts';
import { addAllNew } from './add-all-new.ts';

export const mempoolDefinition = defineCollection<MempoolEntry>('mempool', [
  { key: { priority: 1, received_at_ms: 1, sequence: 1 } },
]);

const CLASSES: readonly Priority[] = Object.values(PRIORITY);

const byAge = (one: MempoolEntry, other: MempoolEntry): number =>
  one.received_at_ms - other.received_at_ms || one.sequence - other.sequence;

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

  /**
   * Entries that are there already stay as they are, in their old place. Inserted, and not upserted: most are new, and an
   * upsert costs three times as much.
   */
  async add(entries: readonly MempoolEntry[]): Promise<void> {
    const known = await addAllNew(this.#collection, entries);
    this.#size += entries.length - known.size;
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
      CLASSES.map((priority) => this.#ofClass(priority, most[priority as 1] ?? limits.max_transactions)),
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
  async oldest(limit: number): Promise<MempoolEntry[]> {
    const classes = await Promise.all(CLASSES.map((priority) => this.#ofClass(priority, limit)));
    return classes.flat().sort(byAge).slice(0, limit);
  }

  async receivedBefore(timeMs: number, limit: number): Promise<MempoolEntry[]> {
    const oldest = await this.oldest(limit);
    return oldest.filter(({ received_at_ms }) => received_at_ms < timeMs);
  }

  async ids(): Promise<string[]> {
    const found = await this.#collection.find({}, { projection: { _id: 1 }, batchSize: 10_000 }).toArray();
    return found.map(({ _id }) => _id);
  }
}
