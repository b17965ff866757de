import { blockchainEngine, clientFor } from '@lucid/contracts';
import { signingKeyFromPem } from '@lucid/ledger';
import type { Instruments } from '@lucid/metrics';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { Anchorings, anchoringsDefinition } from './anchorings.ts';
import { Driver } from './driver.ts';
import { Engine } from './engine.ts';
import { Worker } from './worker.ts';

export interface Deps {
  anchorings: Anchorings;
  engine: Pick<Engine, 'proof'>;
  worker: Pick<Worker, 'nudge'>;
  maxWaiting: number;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { clock, random, logger, lifecycle } = context;
  const key = signingKeyFromPem(settings.ANCHORING_SIGNING_KEY);
  const database = await openMongo(settings.MONGODB_URI, context);
  const anchorings = new Anchorings(await openCollection(database, anchoringsDefinition), {
    clock,
    random,
    leaseMs: settings.ANCHORING_LEASE_MS,
  });
  const engine = new Engine(clientFor(blockchainEngine, context.mesh.http, settings.BLOCKCHAIN_ENGINE_URL));
  const instruments = metrics.register(context.registry);
  const pollMs = settings.ANCHORING_POLL_MS;
  const driver = new Driver({
    anchorings,
    engine,
    key,
    clock,
    random,
    logger,
    instruments,
    pollMs,
    retryMs: settings.ANCHORING_RETRY_MS,
    timeoutMs: settings.ANCHORING_TIMEOUT * 1000,
    maxRequeues: settings.ANCHORING_MAX_REQUEUES,
  });
  const batchSize = settings.ANCHORING_BATCH_SIZE;
  const worker = new Worker({ anchorings, driver, clock, logger, batchSize, pollMs });
  let isAlive = true;
  lifecycle.background('anchoring worker', (signal) =>
    worker.run(signal).finally(() => {
      isAlive = false;
    }),
  );
  addHealthChecks(context, () => isAlive);
  return { anchorings, engine, worker, maxWaiting: settings.ANCHORING_MAX_WAITING, instruments };
}
