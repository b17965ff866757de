import { type Block, blockHash, LedgerError, transactionsRoot } from '@lucid/ledger';

/** Whether the hash is that of the header and the transactions are those of the header. A function of the block alone. */
export function isWhole({ header, hash, transactions }: Block): boolean {
  try {
    return (
      hash === blockHash(header) &&
      transactions.length === header.transaction_count &&
      header.merkle_root === transactionsRoot(transactions)
    );
  } catch (error) {
    if (error instanceof LedgerError) return false; // something in it has no canonical form
    throw error;
  }
}
