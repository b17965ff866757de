import { repeat } from '@lucid/clock';
import { blockchainEngine, clientFor } from '@lucid/contracts';
import { signingKeyFromPem } from '@lucid/ledger';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import type { Delivery } from '../domain/delivery.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { Anchorings, anchoringsDefinition } from './anchorings.ts';
import { Checkpoints, checkpointsDefinition } from './checkpoints.ts';
import { anchorCounts, checkpointCounts } from './counts.ts';
import type { Deps } from './deps.ts';
import { Driver, type DriverDeps } from './driver.ts';
import { Engine } from './engine.ts';
import { anchorStatement, checkpointStatement } from './statements.ts';
import { Worker } from './worker.ts';

const GAUGES_MS = 5000;

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { clock, random, logger, lifecycle } = context;
  const database = await openMongo(settings.MONGODB_URI, context);
  const leasing = { clock, random, leaseMs: settings.ANCHORING_LEASE_MS };
  const anchorings = new Anchorings(await openCollection(database, anchoringsDefinition), leasing);
  const checkpoints = new Checkpoints(await openCollection(database, checkpointsDefinition), leasing);
  const engine = new Engine(clientFor(blockchainEngine, context.mesh.http, settings.BLOCKCHAIN_ENGINE_URL));
  const instruments = metrics.register(context.registry);
  const pollMs = settings.ANCHORING_POLL_MS;
  const batchSize = settings.ANCHORING_BATCH_SIZE;
  const common = {
    engine,
    key: signingKeyFromPem(settings.ANCHORING_SIGNING_KEY),
    clock,
    random,
    logger,
    pollMs,
    retryMs: settings.ANCHORING_RETRY_MS,
    timeoutMs: settings.ANCHORING_TIMEOUT * 1000,
    maxRequeues: settings.ANCHORING_MAX_REQUEUES,
  };
  const dead = new Set<string>();
  const working = <Doc extends Delivery>(name: string, deps: DriverDeps<Doc>): Worker<Doc> => {
    const { deliveries } = deps;
    const worker = new Worker({ deliveries, driver: new Driver(deps), clock, logger, batchSize, pollMs });
    lifecycle.background(name, (signal) =>
      worker.run(signal).finally(() => {
        dead.add(name);
      }),
    );
    return worker;
  };
  const worker = working('anchoring worker', {
    ...common,
    deliveries: anchorings,
    statement: anchorStatement(checkpoints),
    counts: anchorCounts(instruments),
  });
  const checkpointWorker = working('checkpoint worker', {
    ...common,
    deliveries: checkpoints,
    statement: checkpointStatement(checkpoints),
    counts: checkpointCounts(instruments),
  });
  lifecycle.background('anchoring gauges', (signal) => {
    const count = async () => {
      instruments.anchoring_queue_depth.set(await anchorings.waiting());
      instruments.checkpoint_queue_depth.set(await checkpoints.waiting());
      return false;
    };
    const onError = (error: unknown) => logger.warn({ err: error }, 'the gauges are as of a moment ago');
    return repeat(count, { clock, pauseMs: GAUGES_MS, signal, onError });
  });
  addHealthChecks(context, () => dead.size === 0);
  const [maxWaiting, gatherMs] = [settings.ANCHORING_MAX_WAITING, settings.ANCHORING_BATCH_WAIT_MS];
  return { anchorings, checkpoints, engine, worker, checkpointWorker, maxWaiting, gatherMs, instruments };
}
