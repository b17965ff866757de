import type { Deadline, Deadlines } from './deadlines.ts';

/**
 * What can end a call from outside: its deadline and its caller. Remembers the first reason and tells whoever works on the call
 * at that moment.
 */
export class CallScope {
  #cancelled: { reason: unknown; by: 'caller' | 'deadline' } | undefined;
  #listener: ((reason: unknown) => void) | undefined;
  readonly #deadline: Deadline;
  readonly #deadlines: Deadlines;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.#cancel('caller', this.#signal?.reason);

  /** @param expired makes the error for a passed deadline */
  constructor(
    deadlines: Deadlines,
    options: { atMs: number; expired: () => Error; signal: AbortSignal | undefined },
  ) {
    this.#deadlines = deadlines;
    this.#signal = options.signal;
    this.#deadline = { atMs: options.atMs, expire: () => this.#cancel('deadline', options.expired()) };
    if (Number.isFinite(options.atMs)) deadlines.set(this.#deadline);
    if (this.#signal?.aborted) this.#onAbort();
    else this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get cancelledBy(): 'caller' | 'deadline' | undefined {
    return this.#cancelled?.by;
  }

  throwIfCancelled(): void {
    if (this.#cancelled) throw this.#cancelled.reason;
  }

  /** Replaces the listener; a new one is called at once when it is too late already. */
  onCancel(listener: ((reason: unknown) => void) | undefined): void {
    this.#listener = listener;
    if (this.#cancelled) listener?.(this.#cancelled.reason);
  }

  /** The outcome of `work`, or the reason of a cancellation that comes first. */
  whileWaiting<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.onCancel(reject);
      work.then(resolve, reject);
    });
  }

  postpone(atMs: number): void {
    this.#deadline.atMs = atMs;
  }

  /** The answer has begun: from here on only the caller can end the call. */
  met(): void {
    this.#deadlines.clear(this.#deadline);
  }

  /** Nothing is left to cancel. */
  end(): void {
    this.met();
    this.#listener = undefined;
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  #cancel(by: 'caller' | 'deadline', reason: unknown): void {
    this.#cancelled ??= { reason, by };
    this.#listener?.(this.#cancelled.reason);
  }
}
