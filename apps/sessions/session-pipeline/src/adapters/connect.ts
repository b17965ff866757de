import { repeat } from '@lucid/clock';
import { signingKeyFromPem } from '@lucid/ledger';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { createClients } from './clients.ts';
import type { Deps } from './deps.ts';
import { Driver } from './driver.ts';
import { Pipelines, pipelinesDefinition } from './pipelines.ts';
import { LiveSettings, settingsDefinition } from './settings.ts';
import { runWorkers } from './worker.ts';

const GAUGES_MS = 5000;

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { clock, random, logger, lifecycle } = context;
  const database = await openMongo(settings.MONGODB_URI, context);
  const pipelines = new Pipelines(await openCollection(database, pipelinesDefinition), {
    clock,
    random,
    leaseMs: settings.PIPELINE_LEASE_MS,
  });
  const configured = {
    live_anchor_seconds: settings.LIVE_ANCHOR_SECONDS,
    max_retries: settings.PIPELINE_MAX_RETRIES,
  };
  const live = new LiveSettings(await openCollection(database, settingsDefinition), configured, clock);
  const clients = createClients(context.mesh.http, settings);
  const instruments = metrics.register(context.registry);
  const signingKey = signingKeyFromPem(settings.MANIFEST_SIGNING_KEY);
  const { instanceId } = context;
  const driver = new Driver(
    { pipelines, clients, settings: live, clock, random, logger, instruments, signingKey, instanceId },
    lifecycle.signal,
  );
  lifecycle.onStop('pipeline drives', () => driver.idle());
  lifecycle.background('pipeline gauges', (signal) => {
    const count = async () => {
      const [{ active, due, liveAgeMs }, { live_anchor_seconds }] = await Promise.all([
        pipelines.counts(),
        live.current(),
      ]);
      instruments.pipelines_active.set(active);
      instruments.pipeline_queue_depth.set(due);
      instruments.live_anchor_age_seconds.set(live_anchor_seconds === 0 ? 0 : liveAgeMs / 1000);
      return false;
    };
    const onError = (error: unknown) => logger.warn({ err: error }, 'the gauges are as of a moment ago');
    return repeat(count, { clock, pauseMs: GAUGES_MS, signal, onError });
  });
  let isAlive = true;
  lifecycle.background('pipeline worker', async (signal) => {
    const options = { clock, logger, workers: settings.PIPELINE_WORKERS, pollMs: settings.PIPELINE_POLL_MS };
    await runWorkers(pipelines, driver, options, signal).finally(() => {
      isAlive = false;
    });
  });
  addHealthChecks(context, () => isAlive);
  return { pipelines, driver, clients, settings: live };
}
