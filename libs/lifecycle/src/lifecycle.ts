import type { Clock } from '@lucid/clock';

/**
 * ```
 * starting ──▶ running ──▶ draining ──▶ stopping ──▶ stopped
 *     └────────────────────────────────────▲
 * ```
 * starting: opening stores and clients. running: ready for work. draining: readiness is off, still serving.
 * stopping: closing, newest first. stopped: nothing is open.
 */
export type LifecycleState = 'starting' | 'running' | 'draining' | 'stopping' | 'stopped';

export interface StopStep {
  name: string;
  stop: () => Promise<void> | void;
}

export interface LifecycleOptions {
  clock: Clock;
  /** Longest time each step of the stop may take. */
  stepDeadlineMs: number;
  /** How long readiness is off while requests are still served. */
  drainDelayMs: number;
  onState?: (state: LifecycleState) => void;
  onStepFailed?: (name: string, error: unknown) => void;
}

/** Ordered start, reverse stop. A failed or late step is reported and does not keep the others open. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #steps: StopStep[] = [];
  readonly #abort = new AbortController();
  #state: LifecycleState = 'starting';
  #stopping: Promise<void> | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Aborts when the stop begins closing things: background loops end on it. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Registers what was just opened; it will be closed before everything registered earlier. */
  onStop(name: string, stop: StopStep['stop']): void {
    this.#steps.push({ name, stop });
  }

  /** Starts a background worker that ends by `signal`; the stop waits for it. */
  background(name: string, worker: (signal: AbortSignal) => Promise<void>): void {
    const ended = worker(this.signal).catch((error: unknown) => this.#options.onStepFailed?.(name, error));
    this.onStop(name, () => ended);
  }

  started(): void {
    if (this.#state === 'starting') this.#enter('running');
  }

  /** Drains, then closes in reverse order. Calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#state === 'running') {
      this.#enter('draining');
      await this.#options.clock.sleep(this.#options.drainDelayMs);
    }
    this.#enter('stopping');
    this.#abort.abort(new Error('stopping'));
    for (const step of this.#steps.toReversed()) await this.#runStep(step);
    this.#enter('stopped');
  }

  async #runStep(step: StopStep): Promise<void> {
    const { clock, stepDeadlineMs, onStepFailed } = this.#options;
    const done = new AbortController();
    const late = clock.sleep(stepDeadlineMs, done.signal).then(
      () => Promise.reject(new Error(`not done within ${stepDeadlineMs} ms`)),
      () => undefined, // the step was done first
    );
    try {
      await Promise.race([Promise.resolve().then(step.stop), late]);
    } catch (error) {
      onStepFailed?.(step.name, error);
    } finally {
      done.abort();
    }
  }

  #enter(state: LifecycleState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}
