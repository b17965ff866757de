import type { EventQueue } from '../event-queue.ts';

/** One wake-up call at a time; a new one replaces the one before. */
export class WakeTimer {
  readonly #queue: EventQueue;
  readonly #ring: () => void;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(queue: EventQueue, ring: () => void) {
    this.#queue = queue;
    this.#ring = ring;
  }

  /** @param wishMs in true time; what is past rings at once */
  set(wishMs: number): void {
    const atMs = Math.max(wishMs, this.#queue.nowMs);
    if (atMs === this.#atMs) return;
    this.#atMs = atMs;
    this.#queue.after(atMs - this.#queue.nowMs, () => {
      if (this.#atMs !== atMs) return;
      this.clear();
      this.#ring();
    });
  }

  clear(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
