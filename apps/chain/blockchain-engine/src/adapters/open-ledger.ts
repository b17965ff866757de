import type { Clock } from '@lucid/clock';
import { openCollection } from '@lucid/mongo';
import type { Db } from 'mongodb';
import { AppliedHeight } from './applied-height.ts';
import { Blocks, blocksDefinition } from './blocks.ts';
import { appliedDefinition } from './chain-state.ts';
import type { Ledger } from './ledger.ts';
import { Mempool, mempoolDefinition } from './mempool.ts';
import { Transactions, transactionsDefinition } from './transactions.ts';

/** The collections of the chain, with their indexes. */
export async function openLedger(database: Db, clock: Clock): Promise<Ledger> {
  return {
    blocks: new Blocks(await openCollection(database, blocksDefinition)),
    transactions: new Transactions(await openCollection(database, transactionsDefinition)),
    mempool: new Mempool(await openCollection(database, mempoolDefinition), clock),
    applied: new AppliedHeight(await openCollection(database, appliedDefinition)),
  };
}
