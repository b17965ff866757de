import { defineCollection } from '@lucid/mongo';
import { type Collection, type Filter, MongoBulkWriteError } from 'mongodb';
import type { BlockDocument } from '../domain/block-document.ts';
import type { TransactionDocument, TransactionStatus } from '../domain/transaction-document.ts';

export const transactionsDefinition = defineCollection<TransactionDocument>('transactions', [
  { key: { submitted_at: -1 } },
  { key: { status: 1, submitted_at: -1 } },
  { key: { type: 1, submitted_at: -1 } },
]);

const DUPLICATE_KEY = 11000;

export interface TransactionFilter {
  type?: TransactionDocument['type'] | undefined;
  status?: TransactionStatus | undefined;
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

  /** Adds those whose id is new. @returns the ids that were known already */
  async add(documents: readonly TransactionDocument[]): Promise<Set<string>> {
    if (documents.length === 0) return new Set();
    try {
      await this.#collection.insertMany([...documents], { ordered: false });
      return new Set();
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
      if (failures.length === 0 || failures.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
      return new Set(failures.flatMap(({ index }) => documents[index]?._id ?? []));
    }
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

  /** Gives up one that waits. */
  async drop(txId: string, reason: string): Promise<void> {
    await this.#collection.updateOne(
      { _id: txId, status: 'pending' },
      { $set: { status: 'dropped', reason } },
    );
  }

  /** Newest first. */
  list(filter: TransactionFilter, skip: number, limit: number): Promise<TransactionDocument[]> {
    return this.#collection.find(query(filter)).sort({ submitted_at: -1 }).skip(skip).limit(limit).toArray();
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

function query({ type, status }: TransactionFilter): Filter<TransactionDocument> {
  return { ...(type === undefined ? {} : { type }), ...(status === undefined ? {} : { status }) };
}
