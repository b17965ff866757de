import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import type { BlockDocument } from '../domain/block-document.ts';
import { hashPrefixOf, uuidOfHash } from '../domain/uuid-of-hash.ts';

export const blocksDefinition = defineCollection<BlockDocument>('blocks', [
  { key: { hash: 1 }, unique: true },
]);

/** A block without its list of transactions, which can be long. */
export type BlockHead = Omit<BlockDocument, 'transaction_ids'>;

const HEAD = { transaction_ids: 0 } as const;

export interface HeightRange {
  from: number;
  to: number;
}

/** The chain. `append` writes a block of a new height; `restore` writes again what was damaged. */
export class Blocks {
  readonly #collection: Collection<BlockDocument>;

  constructor(collection: Collection<BlockDocument>) {
    this.#collection = collection;
  }

  /** @returns false when there is a block at this height already */
  async append(block: BlockDocument): Promise<boolean> {
    return addNew(this.#collection, block);
  }

  /** In the place of one that does not hold. The caller has proven that it is the block of this height. */
  async restore(block: BlockDocument): Promise<void> {
    await this.#collection.replaceOne({ _id: block._id }, block, { upsert: true });
  }

  tip(): Promise<BlockDocument | null> {
    return this.#collection.findOne({}, { sort: { _id: -1 } });
  }

  head(): Promise<BlockHead | null> {
    return this.#collection.findOne<BlockHead>({}, { sort: { _id: -1 }, projection: HEAD });
  }

  at(height: number): Promise<BlockDocument | null> {
    return this.#collection.findOne({ _id: height });
  }

  headAt(height: number): Promise<BlockHead | null> {
    return this.#collection.findOne<BlockHead>({ _id: height }, { projection: HEAD });
  }

  /** The transactions of some blocks, in order, by height. */
  async places(heights: readonly number[]): Promise<Map<number, string[]>> {
    if (heights.length === 0) return new Map();
    const found = await this.#collection
      .find({ _id: { $in: [...heights] } }, { projection: { transaction_ids: 1 } })
      .toArray();
    return new Map(found.map(({ _id, transaction_ids }) => [_id, transaction_ids]));
  }

  /** By hash, or by the id that follows from it. */
  async byRef(ref: string): Promise<BlockDocument | null> {
    if (ref.length === 64) return this.#collection.findOne({ hash: ref });
    const prefix = hashPrefixOf(ref);
    const alike = this.#collection.find({ hash: { $gte: prefix, $lt: `${prefix}g` } });
    for await (const block of alike) if (uuidOfHash(block.hash) === ref) return block;
    return null;
  }

  /** Both ends included. */
  heads({ from, to }: HeightRange, order: 'ascending' | 'descending'): Promise<BlockHead[]> {
    return this.#collection
      .find<BlockHead>({ _id: { $gte: from, $lte: to } }, { projection: HEAD })
      .sort({ _id: order === 'ascending' ? 1 : -1 })
      .toArray();
  }

  /** Both ends included, lowest first. */
  range({ from, to }: HeightRange): AsyncIterable<BlockDocument> {
    return this.#collection.find({ _id: { $gte: from, $lte: to } }, { batchSize: 50 }).sort({ _id: 1 });
  }
}
