import { type Block, MAX_BLOCK_BYTES } from '@lucid/ledger';
import { LRUCache } from 'lru-cache';
import type { BlockDocument } from '../domain/block-document.ts';
import type { Ledger } from './ledger.ts';
import { readBlock } from './read-block.ts';

const MOST_BLOCKS = 100;
const MOST_BYTES = 4 * MAX_BLOCK_BYTES;

/** Whole blocks as they are asked for. The last hundred that were are kept in memory: a block never changes. */
export class RecentBlocks {
  readonly #ledger: Pick<Ledger, 'blocks' | 'transactions'>;
  readonly #byHeight = new LRUCache<number, { block: Block; bytes: number }>({
    max: MOST_BLOCKS,
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
    dispose: ({ block }) => this.#heights.delete(block.hash),
  });
  readonly #heights = new Map<string, number>();

  constructor(ledger: Pick<Ledger, 'blocks' | 'transactions'>) {
    this.#ledger = ledger;
  }

  /** @returns undefined above the tip @throws 6004 when it cannot be read */
  async at(height: number): Promise<Block | undefined> {
    return this.#byHeight.get(height)?.block ?? this.#read(await this.#ledger.blocks.at(height));
  }

  async latest(): Promise<Block | undefined> {
    const head = await this.#ledger.blocks.head();
    return head ? this.at(head._id) : undefined;
  }

  /** By hash, or by the id that follows from it. */
  async byRef(ref: string): Promise<Block | undefined> {
    const height = this.#heights.get(ref);
    return height === undefined ? this.#read(await this.#ledger.blocks.byRef(ref)) : this.at(height);
  }

  /** What was read before is no longer believed: the block has been found damaged, or was mended. */
  forget(height: number): void {
    this.#byHeight.delete(height);
  }

  async #read(document: BlockDocument | null): Promise<Block | undefined> {
    if (!document) return undefined;
    const block = await readBlock(this.#ledger.transactions, document);
    this.#byHeight.set(document._id, { block, bytes: document.size_bytes });
    this.#heights.set(document.hash, document._id);
    return block;
  }
}
