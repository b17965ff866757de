import type { BlockDocument } from '../domain/block-document.ts';
import type { Ledger } from './ledger.ts';

/** After the commit of a block: its transactions are confirmed and no longer wait. Every step may be done twice. */
export async function applyBlock(
  { transactions, mempool, applied }: Ledger,
  block: BlockDocument,
): Promise<void> {
  await transactions.confirm(block);
  await mempool.remove(block.transaction_ids);
  await applied.raise(block._id);
}
