import type { Workshop } from './process-chunk.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What `connect` opens for the routes. */
export interface Deps extends Workshop {
  pool: WorkerPool;
}
