import { availableParallelism } from 'node:os';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { ChunkStore } from './chunk-store.ts';
import type { Deps } from './deps.ts';
import type { Workshop } from './process-chunk.ts';
import { RecorderQueue } from './recorder-queue.ts';
import { WorkerPool } from './worker-pool.ts';

/** A worker encodes for two fifths of its time and waits for recorder and storage for the rest. */
const WORKERS_PER_CORE = 2;
const LARGEST_DEFAULT = 8;
/** Of the time a step of the shutdown may take; the rest is for giving chunks back. */
const DRAIN_SHARE = 0.6;

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { http } = context.mesh;
  const leaseMs = settings.CHUNK_LEASE_SECONDS * 1000;
  const shop: Workshop = {
    queue: new RecorderQueue(http, settings.SESSION_RECORDER_URL, context.instanceId, leaseMs),
    store: new ChunkStore(http, settings.SESSION_STORAGE_URL),
    level: settings.COMPRESSION_LEVEL,
    context,
    instruments: metrics.register(context.registry),
  };
  const workers =
    settings.CHUNK_PROCESSING_WORKERS || Math.min(LARGEST_DEFAULT, WORKERS_PER_CORE * availableParallelism());
  const pool = new WorkerPool(shop, {
    workers,
    idleMs: settings.CLAIM_IDLE_MS,
    drainMs: settings.SHUTDOWN_DEADLINE_MS * DRAIN_SHARE,
    isOpen: () => context.lifecycle.state === 'running',
  });
  context.lifecycle.background('workers', (signal) => pool.run(signal));
  const deps = { ...shop, pool };
  addHealthChecks(context, deps);
  return deps;
}
