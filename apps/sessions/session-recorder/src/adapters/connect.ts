import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { Chunks } from './chunks.ts';
import type { Deps } from './deps.ts';
import { chunksDefinition, recordingsDefinition } from './documents.ts';
import { diskFileSystem, type FileSystem } from './file-system.ts';
import { LiveRecorders } from './live-recorders.ts';
import { Recorder } from './recorder.ts';
import { Recordings } from './recordings.ts';
import type { Workshop } from './workshop.ts';

/** @param fs tests hand in a disk that fails */
export async function connect(
  settings: Settings,
  context: ServiceContext,
  fs: FileSystem = diskFileSystem,
): Promise<Deps> {
  const database = await openMongo(settings.MONGODB_URI, context);
  const recordings = new Recordings(await openCollection(database, recordingsDefinition));
  const collection = await openCollection(database, chunksDefinition);
  const shop: Workshop = {
    settings,
    context,
    fs,
    recordings,
    chunks: new Chunks(collection),
    instruments: metrics.register(context.registry),
  };
  const recorder = new Recorder(shop);
  await recorder.open();
  addHealthChecks(context, settings.DATA_DIR);
  return {
    ...shop,
    recorder,
    queue: new ChunkQueue(collection, settings.CHUNK_MAX_ATTEMPTS),
    liveRecorders: new LiveRecorders(recordings, context.clock),
  };
}
