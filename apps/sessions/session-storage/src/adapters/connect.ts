import type { Instruments } from '@lucid/metrics';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { CapacityMeter } from './capacity.ts';
import { ChunkFiles } from './chunk-files.ts';
import { Manifests, manifestsDefinition } from './manifests.ts';
import { StoredChunks, storedChunksDefinition } from './stored-chunks.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

export interface Deps {
  files: ChunkFiles;
  chunks: StoredChunks;
  manifests: Manifests;
  capacity: CapacityMeter;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const files = new ChunkFiles(settings.DATA_DIR, context.random);
  await files.open();
  const database = await openMongo(settings.MONGODB_URI, context);
  const chunks = new StoredChunks(await openCollection(database, storedChunksDefinition));
  const manifests = new Manifests(await openCollection(database, manifestsDefinition));
  const limits = {
    folder: settings.DATA_DIR,
    maxBytes: settings.MAX_STORAGE_SIZE_GB * GIB,
    minFreeBytes: settings.MIN_FREE_DISK_MB * MIB,
  };
  const capacity = new CapacityMeter(limits, await chunks.totals());
  addHealthChecks(context, settings.DATA_DIR);
  return { files, chunks, manifests, capacity, instruments: metrics.register(context.registry) };
}
