import { repeat } from '@lucid/clock';
import { signingKeyFromSeed } from '@lucid/ledger';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import { blockLimitsOf, type Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { BlockTrees } from './block-trees.ts';
import { Beacons } from './consensus/beacons.ts';
import type { Deps } from './deps.ts';
import { IntegrityScan, scanDefinition } from './integrity-scan.ts';
import { LeafFiles } from './leaf-files.ts';
import { MerkleTrees, merkleTreesDefinition } from './merkle-trees.ts';
import { observeChain } from './observe-chain.ts';
import { openEngine } from './open-engine.ts';
import { Quarantine, quarantineDefinition } from './quarantine.ts';
import { RecentBlocks } from './recent-blocks.ts';
import { repairBlock } from './repair-block.ts';
import { ChainThreads } from './workers/chain-threads.ts';

const OBSERVE_EVERY_MS = 5000;

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
  const trees = new MerkleTrees(await openCollection(database, merkleTreesDefinition), files, threads);
  const beacons = new Beacons({ clock, logger, key, validator: settings.BLOCKCHAIN_NODE_ID });
  const engine = await openEngine(database, {
    genesis: {
      createdAt: settings.GENESIS_CREATED_AT,
      self: { validator: settings.BLOCKCHAIN_NODE_ID, public_key: key.publicKey },
      validators: settings.BOOTSTRAP_VALIDATORS,
      limits: blockLimitsOf(settings),
    },
    key,
    holder: context.instanceId,
    address: context.advertisedAddress,
    service: context.service,
    port: settings.PORT,
    peers: settings.BLOCKCHAIN_PEERS,
    http: context.mesh.http,
    blockTimeMs: settings.BLOCK_TIME_SECONDS * 1000,
    leaseMs: settings.WRITER_LEASE_MS,
    makesEmptyBlocks: settings.PRODUCE_EMPTY_BLOCKS,
    maxWaiting: settings.MEMPOOL_MAX_TRANSACTIONS,
    checkBlocks: settings.CHAIN_CHECK_BLOCKS,
    threads,
    clock,
    random,
    logger,
    instruments: metrics.register(context.registry),
    onCommitted: (block, certificate) => beacons.saw(block, certificate),
  });
  const { producer, submissions } = engine;
  lifecycle.background('block producer', (signal) => producer.run(signal));
  if (settings.UPTIME_BEACONS)
    lifecycle.background('beacons', (signal) =>
      beacons.run(signal, { submissions, isSeated: () => producer.state === 'active' }),
    );
  const quarantine = new Quarantine(await openCollection(database, quarantineDefinition), clock);
  const recentBlocks = new RecentBlocks(engine.ledger);
  const onRepaired = (height: number) => recentBlocks.forget(height);
  const integrity = new IntegrityScan({
    ...engine,
    quarantine,
    progress: await openCollection(database, scanDefinition),
    clock,
    logger,
    blocksPerSecond: settings.INTEGRITY_BLOCKS_PER_SECOND,
    restMs: settings.INTEGRITY_REST_SECONDS * 1000,
    isOurs: () => producer.state === 'active',
    repair: (height) => repairBlock({ ...engine, quarantine, clock, logger, onRepaired }, height),
  });
  const makesEmptyBlocks = settings.PRODUCE_EMPTY_BLOCKS;
  lifecycle.background('observer', (signal) =>
    repeat(
      async () => {
        await observeChain({ ...engine, clock, makesEmptyBlocks });
        return false;
      },
      {
        clock,
        pauseMs: OBSERVE_EVERY_MS,
        signal,
        onError: (error) => logger.debug({ err: error }, 'the chain cannot be looked at'),
      },
    ),
  );
  lifecycle.background('integrity scan', (signal) => integrity.run(signal));
  addHealthChecks(context, { ...engine, folder: settings.DATA_DIR });
  return {
    ...engine,
    trees,
    recentBlocks,
    blockTrees: new BlockTrees(engine.ledger.transactions),
    quarantine,
    integrity,
    maxTreeHeight: settings.MERKLE_TREE_HEIGHT_MAX,
  };
}
