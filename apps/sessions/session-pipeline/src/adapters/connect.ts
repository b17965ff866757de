import { signingKeyFromPem } from '@lucid/ledger';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { type Clients, createClients } from './clients.ts';
import { Driver } from './driver.ts';
import { Pipelines, pipelinesDefinition } from './pipelines.ts';
import { runWorkers } from './worker.ts';

export interface Deps {
  pipelines: Pipelines;
  driver: Driver;
  clients: Clients;
}

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { clock, random, logger, lifecycle } = context;
  const database = await openMongo(settings.MONGODB_URI, context);
  const pipelines = new Pipelines(await openCollection(database, pipelinesDefinition), {
    clock,
    random,
    leaseMs: settings.PIPELINE_LEASE_MS,
  });
  const clients = createClients(context.mesh.http, settings);
  const instruments = metrics.register(context.registry);
  const driver = new Driver({
    pipelines,
    clients,
    clock,
    random,
    logger,
    instruments,
    signingKey: signingKeyFromPem(settings.MANIFEST_SIGNING_KEY),
    instanceId: context.instanceId,
  });
  let isAlive = true;
  lifecycle.background('pipeline worker', async (signal) => {
    const options = { clock, logger, workers: settings.PIPELINE_WORKERS, pollMs: settings.PIPELINE_POLL_MS };
    await runWorkers(pipelines, driver, options, signal).finally(() => {
      isAlive = false;
    });
  });
  addHealthChecks(context, () => isAlive);
  return { pipelines, driver, clients };
}
