import type { Clock } from '@lucid/clock';
import { silentLogger } from '@lucid/logging';
import { Registry } from '@lucid/metrics';
import { openCollection } from '@lucid/mongo';
import type { Db } from 'mongodb';
import { AppliedHeight } from '../src/adapters/applied-height.ts';
import { Blocks, blocksDefinition } from '../src/adapters/blocks.ts';
import { appliedDefinition, writerDefinition } from '../src/adapters/chain-state.ts';
import type { Ledger } from '../src/adapters/ledger.ts';
import { Mempool, mempoolDefinition } from '../src/adapters/mempool.ts';
import { openChain } from '../src/adapters/open-chain.ts';
import { Producer } from '../src/adapters/producer.ts';
import { Submissions } from '../src/adapters/submissions.ts';
import { Transactions, transactionsDefinition } from '../src/adapters/transactions.ts';
import { ChainThreads } from '../src/adapters/workers/chain-threads.ts';
import { WriterLease } from '../src/adapters/writer-lease.ts';
import { VerifiedTexts } from '../src/domain/verified-texts.ts';
import { metrics } from '../src/metrics.ts';
import { NODE_ID, validatorKey } from './support.ts';

export const GENESIS_AT = '2026-01-01T00:00:00.000Z';
export const BLOCK_TIME_MS = 1000;
export const LEASE_MS = 10_000;

export interface RigOptions {
  clock: Clock;
  holder?: string;
  maxWaiting?: number;
  makesEmptyBlocks?: boolean;
}

/** The engine without its HTTP side, on any database and clock. */
export async function openRig(database: Db, options: RigOptions) {
  const { clock, holder = 'engine-1', maxWaiting = 10_000, makesEmptyBlocks = true } = options;
  const logger = silentLogger();
  const ledger: Ledger = {
    blocks: new Blocks(await openCollection(database, blocksDefinition)),
    transactions: new Transactions(await openCollection(database, transactionsDefinition)),
    mempool: new Mempool(await openCollection(database, mempoolDefinition), clock),
    applied: new AppliedHeight(await openCollection(database, appliedDefinition)),
  };
  const instruments = metrics.register(new Registry());
  const validators = await openChain(ledger, {
    genesis: {
      createdAt: GENESIS_AT,
      self: { validator: NODE_ID, public_key: validatorKey.publicKey },
      validators: [],
    },
    checkBlocks: 100,
    clock,
    logger,
  });
  const lease = new WriterLease(await openCollection(database, writerDefinition), {
    clock,
    holder,
    leaseMs: LEASE_MS,
  });
  const verifiedTexts = new VerifiedTexts(10_000);
  const producer = new Producer({
    verifiedTexts,
    ledger,
    validators,
    key: validatorKey,
    lease,
    clock,
    logger,
    instruments,
    blockTimeMs: BLOCK_TIME_MS,
    leaseMs: LEASE_MS,
    makesEmptyBlocks,
    onDropped: (type) => instruments.blockchain_transactions_total.inc({ type, status: 'dropped' }),
  });
  // One processor: nothing to close, and every write comes in the order of the calls.
  const threads = new ChainThreads({ consensusWorkers: 1, blockThreads: 1, logger, processors: 1 });
  const submissions = new Submissions({
    ledger,
    validators,
    clock,
    instruments,
    maxWaiting,
    verifiedTexts,
    threads,
  });
  return { ledger, validators, lease, producer, threads, submissions, instruments };
}
export type Rig = Awaited<ReturnType<typeof openRig>>;

/** Lets the producer do what the clock asks for, until it would sleep. */
export async function settle({ producer }: Rig): Promise<void> {
  for (let turn = 0; turn < 20; turn++) if ((await producer.turn()) > 0) return;
  throw new Error('the producer never comes to rest');
}
