import type { Clock } from '@lucid/clock';

/** A pause that ends early when something happens. */
export class Nap {
  #current: AbortController | undefined;

  /** Returns when the time is over, `end` is called, or the signal aborts. */
  async take(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#current = woken;
    await clock.sleep(durationMs, AbortSignal.any([signal, woken.signal])).catch((reason: unknown) => {
      if (!signal.aborted && !woken.signal.aborted) throw reason;
    });
    this.#current = undefined;
  }

  end(): void {
    this.#current?.abort();
  }
}
