import type { Instruments } from '@lucid/metrics';
import type { AnchoringDocument } from '../domain/anchoring-document.ts';
import type { CheckpointDocument } from '../domain/checkpoint-document.ts';
import type { metrics } from '../metrics.ts';
import type { Anchorings } from './anchorings.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Engine } from './engine.ts';
import type { Worker } from './worker.ts';

/** What `connect` opens for the routes. */
export interface Deps {
  anchorings: Anchorings;
  checkpoints: Checkpoints;
  engine: Pick<Engine, 'proof' | 'isAnswering'>;
  worker: Pick<Worker<AnchoringDocument>, 'nudge'>;
  checkpointWorker: Pick<Worker<CheckpointDocument>, 'nudge'>;
  maxWaiting: number;
  /** How long a request waits for others to fill a batch. */
  gatherMs: number;
  instruments: Instruments<(typeof metrics)['definitions']>;
}
