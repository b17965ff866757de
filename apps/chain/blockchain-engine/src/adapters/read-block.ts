import type { Block } from '@lucid/ledger';
import { type BlockDocument, toSignedHeader } from '../domain/block-document.ts';
import { transactionOf } from '../domain/transaction-document.ts';
import { errors } from '../errors.ts';
import type { Transactions } from './transactions.ts';

/** A block with its transactions. @throws 6004 when one of them is gone */
export async function readBlock(transactions: Transactions, document: BlockDocument): Promise<Block> {
  const found = await transactions.findAll(document.transaction_ids);
  return {
    ...toSignedHeader(document),
    transactions: document.transaction_ids.map((txId) => {
      const kept = found.get(txId);
      if (!kept) throw errors.CHAIN_BROKEN({ details: { height: document._id, transaction: txId } });
      return transactionOf(kept);
    }),
  };
}
