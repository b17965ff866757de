import { type Clock, isoTime } from '@lucid/clock';
import type { QuarantinedBlock } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';

/** `_id`: height and hash, so that the same damage found again is the same row. */
export interface QuarantineDocument extends QuarantinedBlock {
  _id: string;
}

export const quarantineDefinition = defineCollection<QuarantineDocument>('quarantined_blocks', [
  { key: { height: 1 } },
  { key: { found_at: -1 } },
]);

export type Damage = Pick<QuarantinedBlock, 'height' | 'reason' | 'source'> & { hash?: string | undefined };

const STILL_BROKEN = { repaired_at: { $exists: false } } as const;

/** Blocks that do not hold, with the reason: of our own store, or as a peer sent them. Rows are evidence and stay. */
export class Quarantine {
  readonly #collection: Collection<QuarantineDocument>;
  readonly #clock: Clock;

  constructor(collection: Collection<QuarantineDocument>, clock: Clock) {
    this.#collection = collection;
    this.#clock = clock;
  }

  async add({ height, hash, reason, source }: Damage): Promise<void> {
    await this.#collection.updateOne(
      { _id: `${height}:${hash ?? 'missing'}:${source}` },
      {
        $set: { height, reason, source, ...(hash === undefined ? {} : { hash }) },
        $setOnInsert: { found_at: isoTime(this.#clock) },
        $unset: { repaired_at: '' },
      },
      { upsert: true },
    );
  }

  /** The chain has whole blocks at these heights now. What a peer sent stays what it was. */
  async repaired(from: number, to: number): Promise<void> {
    await this.#collection.updateMany(
      { height: { $gte: from, $lte: to }, source: { $ne: 'peer' }, ...STILL_BROKEN },
      { $set: { repaired_at: isoTime(this.#clock) } },
    );
  }

  /** Blocks of our own chain that do not hold at the moment. */
  openCount(): Promise<number> {
    return this.#collection.countDocuments({ source: { $ne: 'peer' }, ...STILL_BROKEN });
  }

  count(): Promise<number> {
    return this.#collection.countDocuments({});
  }

  /** Newest first. */
  async newest(limit: number): Promise<QuarantinedBlock[]> {
    const found = await this.#collection.find({}).sort({ found_at: -1 }).limit(limit).toArray();
    return found.map(({ _id, ...row }) => row);
  }
}
