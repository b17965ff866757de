import type { Clock } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import type { Delivery } from '../domain/delivery.ts';
import type { Deliveries } from './deliveries.ts';
import type { Driver } from './driver.ts';

interface WorkerDeps<Doc extends Delivery> {
  deliveries: Pick<Deliveries<Doc>, 'claim'>;
  driver: Pick<Driver<Doc>, 'drive'>;
  clock: Clock;
  logger: Logger;
  batchSize: number;
  pollMs: number;
}

/** Looks for what is due: at once when nudged, else every `pollMs`. */
export class Worker<Doc extends Delivery> {
  readonly #deps: WorkerDeps<Doc>;
  #wake = new AbortController();

  constructor(deps: WorkerDeps<Doc>) {
    this.#deps = deps;
  }

  /** There is something new. */
  nudge(): void {
    this.#wake.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, pollMs } = this.#deps;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const either = AbortSignal.any([signal, this.#wake.signal]);
      const isMore = await this.#round().catch((error: unknown) => {
        logger.error({ err: error }, 'a round of anchoring failed');
        return false;
      });
      if (!isMore) await clock.sleep(pollMs, either).catch(() => undefined); // woken, or told to end
    }
  }

  /** @returns whether there may be more at once */
  async #round(): Promise<boolean> {
    const { deliveries, driver, batchSize } = this.#deps;
    const claimed = await deliveries.claim(batchSize);
    if (claimed.length > 0) await driver.drive(claimed);
    return claimed.length === batchSize;
  }
}
