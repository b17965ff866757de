import type { Clock } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import type { Anchorings } from './anchorings.ts';
import type { Driver } from './driver.ts';

interface WorkerDeps {
  anchorings: Pick<Anchorings, 'claim'>;
  driver: Pick<Driver, 'drive'>;
  clock: Clock;
  logger: Logger;
  batchSize: number;
  pollMs: number;
}

/** Looks for what is due: at once when nudged, else every `pollMs`. */
export class Worker {
  readonly #deps: WorkerDeps;
  #wake = new AbortController();

  constructor(deps: WorkerDeps) {
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
    const { anchorings, driver, batchSize } = this.#deps;
    const claimed = await anchorings.claim(batchSize);
    if (claimed.length > 0) await driver.drive(claimed);
    return claimed.length === batchSize;
  }
}
