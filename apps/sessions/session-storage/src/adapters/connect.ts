import { repeat } from '@lucid/clock';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { criticalBytes } from '../domain/capacity-level.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { CapacityMeter } from './capacity.ts';
import { ChunkFiles } from './chunk-files.ts';
import type { Deps } from './deps.ts';
import { Manifests, manifestsDefinition } from './manifests.ts';
import type { Store } from './store.ts';
import { StoredChunks, storedChunksDefinition } from './stored-chunks.ts';
import { SweepLease, sweepsDefinition } from './sweep-lease.ts';
import { Sweeper } from './sweeper.ts';

/** How often the totals are counted again, for the sake of what other instances have stored and deleted. */
const RECOUNT_MS = 60_000;
const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { random, instanceId, registry, lifecycle, clock, logger } = context;
  const files = new ChunkFiles({
    folder: settings.DATA_DIR,
    ...(settings.ARCHIVE_DIR ? { archiveFolder: settings.ARCHIVE_DIR } : {}),
    instanceId,
    random,
  });
  await files.open();
  const database = await openMongo(settings.MONGODB_URI, context);
  const chunks = new StoredChunks(await openCollection(database, storedChunksDefinition));
  const manifests = new Manifests(await openCollection(database, manifestsDefinition));
  const limits = {
    folder: settings.DATA_DIR,
    maxBytes: settings.MAX_STORAGE_SIZE_GB * GIB,
    warnPercent: settings.STORAGE_WARN_PERCENT,
    criticalPercent: settings.STORAGE_CRITICAL_PERCENT,
    minFreeBytes: settings.MIN_FREE_DISK_MB * MIB,
  };
  const instruments = metrics.register(registry);
  const capacity = new CapacityMeter(limits, (totals) => {
    instruments.storage_chunks.set(totals.chunks);
    instruments.storage_used_bytes.set(totals.bytes);
    instruments.storage_archived_chunks.set(totals.archivedChunks);
    instruments.storage_archived_bytes.set(totals.archivedBytes);
  });
  const recount = async () => {
    capacity.set(await chunks.totals());
    instruments.storage_capacity_bytes.set(limits.maxBytes);
    instruments.storage_critical_bytes.set(criticalBytes(limits));
    instruments.storage_free_disk_bytes.set((await capacity.read()).freeBytes);
    return false;
  };
  await recount();
  const onError = (error: unknown) => logger.warn({ err: error }, 'the totals are as of a minute ago');
  lifecycle.background('recount', async (signal) => {
    await clock.sleep(RECOUNT_MS, signal).catch(() => undefined); // counted a moment ago; or stopping already
    await repeat(recount, { clock, pauseMs: RECOUNT_MS, signal, onError });
  });
  addHealthChecks(context, settings.DATA_DIR);
  const store: Store = { files, chunks, manifests, capacity, instruments };
  const lease = new SweepLease(await openCollection(database, sweepsDefinition), instanceId);
  const sweeper = new Sweeper(store, lease, settings, context);
  sweeper.start();
  return { ...store, sweeper };
}
