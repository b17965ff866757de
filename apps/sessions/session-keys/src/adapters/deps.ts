import type { Instruments } from '@lucid/metrics';
import type { Semaphore } from '../domain/semaphore.ts';
import type { metrics } from '../metrics.ts';
import type { OpenChunkDeps } from './open-chunk.ts';

/** What `connect` opens for the routes. */
export interface Deps extends OpenChunkDeps {
  /** Bounds the memory of chunks that are being opened. */
  readers: Semaphore;
  instruments: Instruments<(typeof metrics)['definitions']>;
}
