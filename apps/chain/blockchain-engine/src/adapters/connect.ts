import { signingKeyFromSeed } from '@lucid/ledger';
import type { Instruments } from '@lucid/metrics';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import { blockLimitsOf, type Settings } from '../config.ts';
import { VerifiedTexts } from '../domain/verified-texts.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { AppliedHeight } from './applied-height.ts';
import { Blocks, blocksDefinition } from './blocks.ts';
import { appliedDefinition, writerDefinition } from './chain-state.ts';
import { IntegrityScan, scanDefinition } from './integrity-scan.ts';
import { LeafFiles } from './leaf-files.ts';
import type { Ledger } from './ledger.ts';
import { Mempool, mempoolDefinition } from './mempool.ts';
import { MerkleTrees, merkleTreesDefinition } from './merkle-trees.ts';
import { openChain } from './open-chain.ts';
import { Producer } from './producer.ts';
import { Quarantine, quarantineDefinition } from './quarantine.ts';
import { RecentBlocks } from './recent-blocks.ts';
import { Submissions } from './submissions.ts';
import { Transactions, transactionsDefinition } from './transactions.ts';
import type { Validators } from './validators.ts';
import { ChainThreads } from './workers/chain-threads.ts';
import { WriterLease } from './writer-lease.ts';

export interface Deps {
  ledger: Ledger;
  trees: MerkleTrees;
  validators: Validators;
  submissions: Submissions;
  producer: Producer;
  threads: ChainThreads;
  recentBlocks: RecentBlocks;
  quarantine: Quarantine;
  integrity: Pick<IntegrityScan, 'report'>;
  maxTreeHeight: number;
  blockTimeMs: number;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { clock, random, logger, lifecycle } = context;
  const key = signingKeyFromSeed(settings.BLOCKCHAIN_VALIDATOR_KEY);
  const threads = new ChainThreads({
    consensusWorkers: settings.CONSENSUS_WORKERS,
    blockThreads: settings.BLOCK_PROCESSING_THREADS,
    logger,
  });
  lifecycle.onStop('threads', () => threads.close());
  const files = new LeafFiles(settings.DATA_DIR, random);
  await files.open();
  const database = await openMongo(settings.MONGODB_URI, context);
  const ledger: Ledger = {
    blocks: new Blocks(await openCollection(database, blocksDefinition)),
    transactions: new Transactions(await openCollection(database, transactionsDefinition)),
    mempool: new Mempool(await openCollection(database, mempoolDefinition), clock),
    applied: new AppliedHeight(await openCollection(database, appliedDefinition)),
  };
  const trees = new MerkleTrees(await openCollection(database, merkleTreesDefinition), files, threads);
  const instruments = metrics.register(context.registry);
  const validators = await openChain(ledger, {
    genesis: {
      createdAt: settings.GENESIS_CREATED_AT,
      self: { validator: settings.BLOCKCHAIN_NODE_ID, public_key: key.publicKey },
      validators: settings.BOOTSTRAP_VALIDATORS,
      limits: blockLimitsOf(settings),
    },
    checkBlocks: settings.CHAIN_CHECK_BLOCKS,
    clock,
    logger,
  });
  const maxWaiting = settings.MEMPOOL_MAX_TRANSACTIONS;
  const blockTimeMs = settings.BLOCK_TIME_SECONDS * 1000;
  const leaseMs = settings.WRITER_LEASE_MS;
  const writer = await openCollection(database, writerDefinition);
  const verifiedTexts = new VerifiedTexts(maxWaiting);
  const producer = new Producer({
    verifiedTexts,
    ledger,
    validators,
    key,
    lease: new WriterLease(writer, { clock, holder: context.instanceId, leaseMs }),
    clock,
    logger,
    instruments,
    blockTimeMs,
    leaseMs,
    makesEmptyBlocks: settings.PRODUCE_EMPTY_BLOCKS,
    onDropped: (type) => instruments.blockchain_transactions_total.inc({ type, status: 'dropped' }),
  });
  lifecycle.background('block producer', (signal) => producer.run(signal));
  const submissions = new Submissions({
    ledger,
    validators,
    clock,
    instruments,
    maxWaiting,
    verifiedTexts,
    threads,
  });
  const quarantine = new Quarantine(await openCollection(database, quarantineDefinition), clock);
  const recentBlocks = new RecentBlocks(ledger);
  const integrity = new IntegrityScan({
    ledger,
    validators,
    quarantine,
    threads,
    progress: await openCollection(database, scanDefinition),
    clock,
    logger,
    instruments,
    blocksPerSecond: settings.INTEGRITY_BLOCKS_PER_SECOND,
    restMs: settings.INTEGRITY_REST_SECONDS * 1000,
    isOurs: () => producer.state === 'active',
    repair: async () => false,
  });
  lifecycle.background('integrity scan', (signal) => integrity.run(signal));
  addHealthChecks(context, { ledger, producer, blockTimeMs, folder: settings.DATA_DIR });
  return {
    ledger,
    trees,
    validators,
    submissions,
    producer,
    threads,
    blockTimeMs,
    instruments,
    recentBlocks,
    quarantine,
    integrity,
    maxTreeHeight: settings.MERKLE_TREE_HEIGHT_MAX,
  };
}
