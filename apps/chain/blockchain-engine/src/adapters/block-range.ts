import { type Block, MAX_BLOCK_BYTES } from '@lucid/ledger';
import type { HeightRange } from './blocks.ts';
import type { Ledger } from './ledger.ts';
import { readBlock } from './read-block.ts';

/** Most of one answer, whatever is asked for. */
const MOST_BLOCKS = 100;
const MOST_BYTES = MAX_BLOCK_BYTES;

export interface BlockRangeAnswer {
  blocks: Block[];
  next_height?: number;
}

/** Whole blocks, lowest first; the first one always, however large. @throws 6004 when one cannot be read */
export async function blockRange(
  { blocks, transactions }: Pick<Ledger, 'blocks' | 'transactions'>,
  { from, to }: HeightRange,
): Promise<BlockRangeAnswer> {
  const answer: Block[] = [];
  let bytes = 0;
  for await (const document of blocks.range({ from, to: Math.min(to, from + MOST_BLOCKS) })) {
    bytes += document.size_bytes;
    const isFull = answer.length === MOST_BLOCKS || (answer.length > 0 && bytes > MOST_BYTES);
    if (isFull) return { blocks: answer, next_height: document._id };
    answer.push(await readBlock(transactions, document));
  }
  return { blocks: answer };
}
