import { availableParallelism } from 'node:os';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { Semaphore } from '../domain/semaphore.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { ChunkStore } from './chunk-store.ts';
import { keysDefinition } from './key-documents.ts';
import type { Workshop } from './process-chunk.ts';
import { RecorderQueue } from './recorder-queue.ts';
import { SessionKeys } from './session-keys.ts';
import { WorkerPool } from './worker-pool.ts';

const LARGEST_DEFAULT = 4;
/** Of the time a step of the shutdown may take; the rest is for giving chunks back. */
const DRAIN_SHARE = 0.6;

export interface Deps extends Workshop {
  pool: WorkerPool;
  /** Readers share the memory budget of the workers. */
  readers: Semaphore;
}

/** @throws 7152 when the keys in the database were wrapped with another ENCRYPTION_KEY */
export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { http } = context.mesh;
  const database = await openMongo(settings.MONGODB_URI, context);
  const keys = new SessionKeys({
    collection: await openCollection(database, keysDefinition),
    kek: Buffer.from(settings.ENCRYPTION_KEY, 'hex'),
    cacheMs: settings.KEY_CACHE_SECONDS * 1000,
    context,
  });
  await keys.checkKek();
  context.lifecycle.onStop('session keys', () => keys.close());
  const leaseMs = settings.CHUNK_LEASE_SECONDS * 1000;
  const shop: Workshop = {
    queue: new RecorderQueue(http, settings.SESSION_RECORDER_URL, context.instanceId, leaseMs),
    store: new ChunkStore(http, settings.SESSION_STORAGE_URL),
    keys,
    level: settings.COMPRESSION_LEVEL,
    context,
    instruments: metrics.register(context.registry),
  };
  const workers = settings.CHUNK_PROCESSING_WORKERS || Math.min(LARGEST_DEFAULT, availableParallelism());
  const pool = new WorkerPool(shop, {
    workers,
    idleMs: settings.CLAIM_IDLE_MS,
    drainMs: settings.SHUTDOWN_DEADLINE_MS * DRAIN_SHARE,
    isOpen: () => context.lifecycle.state === 'running',
  });
  context.lifecycle.background('workers', (signal) => pool.run(signal));
  addHealthChecks(context, keys);
  return { ...shop, pool, readers: new Semaphore(workers) };
}
