import type { Memory } from '@lucid/consensus';
import type { Block } from '@lucid/ledger';
import { addNew, defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';

/**
 * What this validator has voted and is bound by (`memory`), and the block it is bound to (`block:` and its hash), which can
 * be large and is written once. As text: what is in it is never read as an operator.
 */
export interface MemoryDocument {
  _id: string;
  /** Number of the lease it was written under. */
  fence: number;
  text: string;
}

export const memoryDefinition = defineCollection<MemoryDocument>('consensus_memory', []);

/** A memory with the block taken out. */
type Slim = Omit<Memory<Block>, 'valid'> & {
  valid: { block_hash: string; pol: NonNullable<Memory<Block>['valid']>['pol'] } | null;
};

const DURABLE = { w: 'majority', journal: true } as const;
const MEMORY = 'memory';
const blockId = (hash: string): string => `block:${hash}`;

/**
 * The memory of one validator, shared by its instances. Each write carries the number of the writer's lease and gives way to
 * a higher one, so that an instance that was replaced cannot bind the validator to a vote, nor send one.
 */
export class MemoryStore {
  readonly #collection: Collection<MemoryDocument>;
  #keptBlock: string | undefined;

  constructor(collection: Collection<MemoryDocument>) {
    this.#collection = collection;
  }

  /**
   * Makes it that of the holder of this lease and reads it, in one step: what an earlier holder has not written by now, it
   * never will, and so never sends.
   * @returns null when there is none: this validator never voted, or its store was lost
   * @throws Error when a later lease has it
   */
  async claim(fence: number): Promise<Memory<Block> | null> {
    const { text } = await this.#write(fence, {});
    this.#keptBlock = undefined;
    if (text === '') return null;
    const { valid, ...rest } = JSON.parse(text) as Slim;
    if (!valid) return { ...rest, valid: null };
    const kept = await this.#collection.findOne({ _id: blockId(valid.block_hash) });
    if (!kept) throw new Error(`the block that this validator is bound to, ${valid.block_hash}, is not kept`);
    this.#keptBlock = valid.block_hash;
    return { ...rest, valid: { block: JSON.parse(kept.text) as Block, pol: valid.pol } };
  }

  /** Durable when it returns. @throws Error when a later lease has it: this instance must not vote any more */
  async save({ valid, ...rest }: Memory<Block>, fence: number): Promise<void> {
    const hash = valid?.block.hash;
    const isNew = valid && hash !== this.#keptBlock;
    if (isNew) await this.#keepBlock(valid.block, fence);
    const slim: Slim = { ...rest, valid: valid ? { block_hash: valid.block.hash, pol: valid.pol } : null };
    await this.#write(fence, { text: JSON.stringify(slim) });
    if (hash === this.#keptBlock) return;
    this.#keptBlock = hash;
    // Only now does nothing refer to the others any more.
    const kept = [MEMORY, ...(hash === undefined ? [] : [blockId(hash)])];
    await this.#collection.deleteMany({ _id: { $nin: kept }, fence: { $lte: fence } });
  }

  async #keepBlock(block: Block, fence: number): Promise<void> {
    const text = JSON.stringify(block);
    const _id = blockId(block.hash);
    await this.#collection.updateOne(
      { _id },
      { $set: { text }, $max: { fence } },
      { upsert: true, writeConcern: DURABLE },
    );
  }

  /** An upsert would do it in one step, but a store may answer one that meets a higher number with an error of its own. */
  async #write(fence: number, set: Partial<MemoryDocument>): Promise<MemoryDocument> {
    const kept = await this.#overwrite(fence, set);
    if (kept) return kept;
    const first = { _id: MEMORY, text: '', ...set, fence };
    if (await addNew(this.#collection, first)) return first;
    const raced = await this.#overwrite(fence, set);
    if (!raced) throw new Error('another instance votes for this validator now');
    return raced;
  }

  #overwrite(fence: number, set: Partial<MemoryDocument>): Promise<MemoryDocument | null> {
    return this.#collection.findOneAndUpdate(
      { _id: MEMORY, fence: { $lte: fence } },
      { $set: { ...set, fence } },
      { returnDocument: 'after', writeConcern: DURABLE },
    );
  }
}
