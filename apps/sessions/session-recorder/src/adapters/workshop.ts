import type { Instruments } from '@lucid/metrics';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import type { metrics } from '../metrics.ts';
import type { Chunks } from './chunks.ts';
import type { FileSystem } from './file-system.ts';
import type { Recordings } from './recordings.ts';

/** What every part of the recorder works with. */
export interface Workshop {
  settings: Settings;
  context: ServiceContext;
  fs: FileSystem;
  recordings: Recordings;
  chunks: Chunks;
  instruments: Instruments<(typeof metrics)['definitions']>;
}
