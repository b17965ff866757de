import type { Clock } from '@lucid/clock';
import type { ClaimedChunk } from '@lucid/contracts';
import { LeaseLost } from '../domain/verdict.ts';
import type { RecorderQueue } from './recorder-queue.ts';

/** Keeps the lease on one chunk while it is worked on; aborts the work when the lease is lost. */
export class Lease implements AsyncDisposable {
  readonly #abort = new AbortController();
  readonly #done = new AbortController();
  readonly #renewing: Promise<void>;

  constructor(queue: Pick<RecorderQueue, 'renew' | 'leaseMs'>, chunk: ClaimedChunk, clock: Clock) {
    this.#renewing = this.#keep(queue, chunk, clock);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the work for another reason. */
  abort(reason: Error): void {
    this.#abort.abort(reason);
  }

  async #keep(
    queue: Pick<RecorderQueue, 'renew' | 'leaseMs'>,
    chunk: ClaimedChunk,
    clock: Clock,
  ): Promise<void> {
    let untilMs = clock.monotonicMs() + queue.leaseMs;
    for (;;) {
      await clock.sleep(queue.leaseMs / 3, this.#done.signal).catch(() => undefined); // done
      if (this.#done.signal.aborted) return;
      try {
        const startedMs = clock.monotonicMs();
        await queue.renew(chunk);
        untilMs = startedMs + queue.leaseMs;
      } catch (error) {
        const isOver = clock.monotonicMs() >= untilMs;
        if (isOver || error instanceof LeaseLost) return this.abort(new LeaseLost('the lease is gone'));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#done.abort();
    await this.#renewing;
  }
}
