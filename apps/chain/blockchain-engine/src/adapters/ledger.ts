import type { AppliedHeight } from './applied-height.ts';
import type { Blocks } from './blocks.ts';
import type { Mempool } from './mempool.ts';
import type { Transactions } from './transactions.ts';

/** The collections of the chain. */
export interface Ledger {
  blocks: Blocks;
  transactions: Transactions;
  mempool: Mempool;
  applied: AppliedHeight;
}
