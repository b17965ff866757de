import type { Instruments } from '@lucid/metrics';
import type { metrics } from '../metrics.ts';
import type { CapacityMeter } from './capacity.ts';
import type { ChunkFiles } from './chunk-files.ts';
import type { Manifests } from './manifests.ts';
import type { StoredChunks } from './stored-chunks.ts';

/** What storage consists of. */
export interface Store {
  files: ChunkFiles;
  chunks: StoredChunks;
  manifests: Manifests;
  capacity: CapacityMeter;
  instruments: Instruments<(typeof metrics)['definitions']>;
}
