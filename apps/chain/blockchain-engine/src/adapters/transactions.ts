import { defineCollection } from '@lucid/mongo';
import type { Collection, Filter } from 'mongodb';
import type { BlockDocument } from '../domain/block-document.ts';
import type { TransactionDocument, TransactionStatus } from '../domain/transaction-document.ts';
import { addAllNew } from './add-all-new.ts';

export const transactionsDefinition = defineCollection<TransactionDocument>('transactions', [
  { key: { submitted_at: -1 } },
  { key: { status: 1, submitted_at: -1 } },
  { key: { type: 1, submitted_at: -1 } },
]);

export interface TransactionFilter {
  type?: TransactionDocument['type'] | undefined;
  status?: TransactionStatus | undefined;
  /** Only these, as those of one block. */
  txIds?: readonly string[] | undefined;
  /** When they were handed in, both ends included; RFC 3339 UTC with milliseconds. */
  from?: string | undefined;
  to?: string | undefined;
}

/** Every transaction that was ever taken, and what became of it. */
export class Transactions {
  readonly #collection: Collection<TransactionDocument>;

  constructor(collection: Collection<TransactionDocument>) {
    this.#collection = collection;
  }

  find(txId: string): Promise<TransactionDocument | null> {
    return this.#collection.findOne({ _id: txId });
  }

  async findAll(txIds: readonly string[]): Promise<Map<string, TransactionDocument>> {
    if (txIds.length === 0) return new Map();
    const found = await this.#collection.find({ _id: { $in: [...txIds] } }, { batchSize: 1000 }).toArray();
    return new Map(found.map((document) => [document._id, document]));
  }

  /** tx_hash by id, without reading what is in them. */
  async hashes(txIds: readonly string[]): Promise<Map<string, string>> {
    const found = await this.#collection
      .find({ _id: { $in: [...txIds] } }, { projection: { tx_hash: 1 }, batchSize: 5000 })
      .toArray();
    return new Map(found.map(({ _id, tx_hash }) => [_id, tx_hash]));
  }

  /** Adds those whose id is new. @returns the ids that were known already */
  add(documents: readonly TransactionDocument[]): Promise<Set<string>> {
    return addAllNew(this.#collection, documents);
  }

  /**
   * Keeps what a decided block holds, before the block itself. Where another transaction waits here under the same id, the
   * one on the chain takes its place.
   */
  async adopt(documents: readonly TransactionDocument[]): Promise<void> {
    const kept = await this.findAll(documents.map(({ _id }) => _id));
    const unknown = await this.add(documents.filter(({ _id }) => !kept.has(_id)));
    const raced = await this.findAll([...unknown]);
    const others = documents.filter(({ _id, text }) => {
      const here = kept.get(_id) ?? raced.get(_id);
      return here !== undefined && here.text !== text;
    });
    for (const { _id, ...fields } of others)
      await this.#collection.updateOne(
        { _id, status: { $ne: 'confirmed' } },
        { $set: fields, $unset: { reason: '' } },
      );
  }

  /** In the place of what is kept under these ids, for a block that was proven to hold them. */
  async restore(documents: readonly TransactionDocument[]): Promise<void> {
    for (const document of documents)
      await this.#collection.replaceOne({ _id: document._id }, document, { upsert: true });
  }

  /** Marks what stands in a block. Doing it twice changes nothing. */
  async confirm(block: Pick<BlockDocument, '_id' | 'hash' | 'header' | 'transaction_ids'>): Promise<void> {
    const { transaction_ids, hash, header } = block;
    if (transaction_ids.length === 0) return;
    await this.#collection.updateMany(
      { _id: { $in: transaction_ids } },
      {
        $set: {
          status: 'confirmed',
          confirmed_at: header.timestamp,
          block_height: block._id,
          block_hash: hash,
        },
        $unset: { reason: '' },
      },
    );
  }

  /** Gives up one that waits. `failed`: it does not hold; `dropped`: no block took it in time. */
  async drop(txId: string, reason: string, status: 'failed' | 'dropped' = 'dropped'): Promise<void> {
    await this.#collection.updateOne({ _id: txId, status: 'pending' }, { $set: { status, reason } });
  }

  /** In the order in which they were handed in. */
  list(
    filter: TransactionFilter,
    { skip, limit, order }: { skip: number; limit: number; order: 'ascending' | 'descending' },
  ): Promise<TransactionDocument[]> {
    const sort = { submitted_at: order === 'ascending' ? 1 : -1 } as const;
    return this.#collection.find(query(filter)).sort(sort).skip(skip).limit(limit).toArray();
  }

  count(filter: TransactionFilter): Promise<number> {
    const wanted = query(filter);
    return Object.keys(wanted).length === 0
      ? this.#collection.estimatedDocumentCount()
      : this.#collection.countDocuments(wanted);
  }

  /** All that wait, by their documents' own word. */
  pending(): Promise<TransactionDocument[]> {
    return this.#collection.find({ status: 'pending' }, { batchSize: 1000 }).toArray();
  }

  async pendingIds(): Promise<string[]> {
    const found = await this.#collection
      .find({ status: 'pending' }, { projection: { _id: 1 }, batchSize: 10_000 })
      .toArray();
    return found.map(({ _id }) => _id);
  }
}

function query(filter: TransactionFilter): Filter<TransactionDocument> {
  const { type, status, txIds, from, to } = filter;
  const submitted_at = {
    ...(from === undefined ? {} : { $gte: from }),
    ...(to === undefined ? {} : { $lte: to }),
  };
  return {
    ...(type === undefined ? {} : { type }),
    ...(status === undefined ? {} : { status }),
    ...(txIds === undefined ? {} : { _id: { $in: [...txIds] } }),
    ...(Object.keys(submitted_at).length === 0 ? {} : { submitted_at }),
  };
}
