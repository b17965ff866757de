import type { Block, Certificate } from '@lucid/ledger';
import type { Ledger } from '../ledger.ts';
import { readBlock } from '../read-block.ts';

/** Beyond this an answer ends with the block that it has, whatever was asked for. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Blocks from a height on, in order, each with the votes that confirmed it. */
export async function certifiedBlocks(
  { blocks, transactions }: Pick<Ledger, 'blocks' | 'transactions'>,
  from: number,
  limit: number,
): Promise<{ block: Block; certificate: Certificate | null }[]> {
  const found: { block: Block; certificate: Certificate | null }[] = [];
  let bytes = 0;
  for await (const document of blocks.range({ from, to: from + limit - 1 })) {
    found.push({ block: await readBlock(transactions, document), certificate: document.certificate ?? null });
    bytes += document.size_bytes;
    if (bytes >= MOST_BYTES) break;
  }
  return found;
}
