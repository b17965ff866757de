import type { TransactionRecord } from '@lucid/contracts';
import { type TransactionDocument, toTransactionRecord } from '../domain/transaction-document.ts';
import type { Ledger } from './ledger.ts';

/** What the contract shows of transactions. Which place one has in its block, the block alone says. */
export async function transactionRecords(
  { blocks }: Pick<Ledger, 'blocks'>,
  documents: readonly TransactionDocument[],
): Promise<TransactionRecord[]> {
  const heights = new Set(documents.flatMap(({ block_height }) => block_height ?? []));
  const places = await blocks.places([...heights]);
  return documents.map((document) => {
    const index = places.get(document.block_height ?? -1)?.indexOf(document._id) ?? -1;
    return { ...toTransactionRecord(document), ...(index < 0 ? {} : { transaction_index: index }) };
  });
}
