import { type Transaction, txHash } from '@lucid/ledger';
import { toTransactionDocument } from '../domain/transaction-document.ts';
import type { Ledger } from './ledger.ts';

/** Keeps the transactions of a decided block: they are in the store before it is. @param at when they came here */
export async function keepTransactions(
  { transactions }: Pick<Ledger, 'transactions'>,
  list: readonly Transaction[],
  at: string,
): Promise<void> {
  if (list.length === 0) return;
  await transactions.adopt(
    list.map((transaction) => toTransactionDocument(transaction, txHash(transaction), at)),
  );
}
