import type { ClaimedChunk } from '@lucid/contracts';
import { Pace } from '../domain/pace.ts';
import { LeaseLost, Stopping, verdictOn } from '../domain/verdict.ts';
import { Lease } from './lease.ts';
import { processChunk, type Workshop } from './process-chunk.ts';
import { WorkPlace } from './work-place.ts';

export interface PoolOptions {
  workers: number;
  idleMs: number;
  /** How long a stop waits for chunks in flight before it gives them back. */
  drainMs: number;
  /** False as soon as the service is told to stop. */
  isOpen: () => boolean;
}

const CLAIM_AT_MOST = 16;

/** Pulls chunks: claims as many as it has hands for, so the queue waits where the disk is and never in memory. */
export class WorkerPool {
  readonly #shop: Workshop;
  readonly #options: PoolOptions;
  readonly #places: WorkPlace[];
  readonly #running = new Map<Promise<void>, Lease>();
  readonly #pace = new Pace();
  #queueDepth = 0;
  #processed = 0;
  #failed = 0;

  constructor(shop: Workshop, options: PoolOptions) {
    this.#shop = shop;
    this.#options = options;
    this.#places = Array.from({ length: options.workers }, () => new WorkPlace());
  }

  get counters() {
    return {
      workers: this.#options.workers,
      busy_workers: this.#running.size,
      queue_depth: this.#queueDepth,
      processed_total: this.#processed,
      failed_total: this.#failed,
    };
  }

  /** Works until the signal aborts; then finishes what is in flight, or gives it back. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#shop.context;
    const rest = (pauseMs: number) => clock.sleep(pauseMs, signal).catch(() => undefined); // ended by the stop
    while (!signal.aborted) {
      const free = this.#places.length;
      if (free === 0) {
        await Promise.race([...this.#running.keys(), rest(this.#options.idleMs)]);
        continue;
      }
      await rest(this.#pace.pauseMs(random.fraction()));
      if (signal.aborted || !this.#options.isOpen()) await rest(this.#options.idleMs);
      else if ((await this.#claim(free, signal)) < free) await rest(this.#options.idleMs);
    }
    await this.#drain();
  }

  async #claim(free: number, signal: AbortSignal): Promise<number> {
    const { queue, instruments, context } = this.#shop;
    try {
      const { chunks, queueDepth } = await queue.claim(Math.min(free, CLAIM_AT_MOST), signal);
      this.#queueDepth = queueDepth;
      instruments.processor_queue_depth.set(queueDepth);
      for (const chunk of chunks) this.#begin(chunk);
      return chunks.length;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#pace.failed();
      instruments.processor_claim_failures_total.inc();
      context.logger.warn({ reason: String(error) }, 'the queue cannot be asked');
      return 0;
    }
  }

  #begin(chunk: ClaimedChunk): void {
    const place = this.#places.pop();
    if (!place) throw new Error('more chunks were claimed than there are workers');
    const { instruments, queue, context } = this.#shop;
    const lease = new Lease(queue, chunk, context.clock);
    const work = this.#work(chunk, place, lease).finally(() => {
      this.#places.push(place);
      this.#running.delete(work);
      instruments.processor_workers_busy.set(this.#running.size);
      instruments.processor_rss_peak_bytes.set(process.resourceUsage().maxRSS * 1024);
    });
    this.#running.set(work, lease);
    instruments.processor_workers_busy.set(this.#running.size);
  }

  /** Never rejects. */
  async #work(chunk: ClaimedChunk, place: WorkPlace, lease: Lease): Promise<void> {
    const { instruments, context } = this.#shop;
    const done = instruments.chunk_processing_duration_seconds.startTimer({ stage: 'whole' });
    try {
      const status = await processChunk(this.#shop, chunk, place, lease.signal);
      done();
      this.#processed++;
      this.#pace.succeeded();
      instruments.chunks_processed_total.inc({ status });
    } catch (error) {
      const cause = lease.signal.aborted ? lease.signal.reason : error;
      await this.#giveBack(chunk, cause).catch((problem: unknown) => {
        // Nothing is lost: the lease runs out and the chunk comes back to the queue by itself.
        context.logger.warn(
          { chunk_id: chunk.chunk_id, reason: String(problem) },
          'could not give a chunk back',
        );
      });
    } finally {
      await lease[Symbol.asyncDispose]();
    }
  }

  async #giveBack(chunk: ClaimedChunk, error: unknown): Promise<void> {
    const { queue, instruments, context } = this.#shop;
    const verdict = verdictOn(error);
    if (verdict.kind === 'drop') return instruments.chunks_processed_total.inc({ status: 'lost' });
    const isOutage = verdict.fault === 'system';
    if (isOutage && !(error instanceof Stopping)) this.#pace.failed();
    if (!isOutage) this.#failed++;
    instruments.chunks_processed_total.inc({ status: isOutage ? 'given_back' : 'failed' });
    const about = { chunk_id: chunk.chunk_id, fault: verdict.fault, reason: verdict.reason };
    context.logger[isOutage ? 'info' : 'error'](about, 'chunk not processed');
    await queue.giveBack(chunk, verdict).catch((problem: unknown) => {
      if (!(problem instanceof LeaseLost)) throw problem;
    });
  }

  async #drain(): Promise<void> {
    const { clock, logger } = this.#shop.context;
    const enough = new AbortController();
    const late = clock.sleep(this.#options.drainMs, enough.signal).catch(() => undefined);
    await Promise.race([Promise.all(this.#running.keys()), late]);
    enough.abort();
    if (this.#running.size === 0) return;
    logger.info({ chunks: this.#running.size }, 'giving back what is not finished');
    for (const lease of this.#running.values()) lease.abort(new Stopping('the processor is stopping'));
    await Promise.all(this.#running.keys());
  }
}
