import type { ChunkQueue } from './chunk-queue.ts';
import type { LiveRecorders } from './live-recorders.ts';
import type { Recorder } from './recorder.ts';
import type { Workshop } from './workshop.ts';

/** What `connect` opens for the routes. */
export interface Deps extends Workshop {
  recorder: Recorder;
  queue: ChunkQueue;
  liveRecorders: LiveRecorders;
}
