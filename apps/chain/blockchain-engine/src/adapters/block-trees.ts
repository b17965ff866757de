import { buildTree, type MerkleTree } from '@lucid/merkle';
import { LRUCache } from 'lru-cache';
import type { BlockDocument } from '../domain/block-document.ts';
import type { Transactions } from './transactions.ts';

const CACHE_BYTES = 32 * 1024 * 1024;
const BYTES_PER_LEAF = 64;

/** The Merkle trees over the transactions of blocks, kept for the next proof: a block of 20,000 is read once, not per proof. */
export class BlockTrees {
  readonly #transactions: Pick<Transactions, 'hashes'>;
  readonly #cache = new LRUCache<string, MerkleTree>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (tree) => tree.leafCount * BYTES_PER_LEAF,
  });

  constructor(transactions: Pick<Transactions, 'hashes'>) {
    this.#transactions = transactions;
  }

  /** @returns undefined when what is kept no longer gives the block's root */
  async of({ hash, header, transaction_ids }: BlockDocument): Promise<MerkleTree | undefined> {
    const known = this.#cache.get(hash);
    if (known) return known;
    const hashes = await this.#transactions.hashes(transaction_ids);
    const inOrder = transaction_ids.flatMap((txId) => hashes.get(txId) ?? []);
    if (inOrder.length === 0 || inOrder.length !== transaction_ids.length) return undefined;
    const tree = buildTree(inOrder);
    if (tree.root !== header.merkle_root) return undefined;
    this.#cache.set(hash, tree);
    return tree;
  }
}
