import type { Clock } from '@lucid/clock';

/** A deadline is noticed at most this much late. */
const TICK_MS = 20;

export interface Deadline {
  /** Monotonic; may be moved while it is set. */
  atMs: number;
  expire: () => void;
}

/**
 * All deadlines of a client behind one timer that runs only while there are any: a timer of its own for every call would be a
 * good part of a call's cost.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #set = new Set<Deadline>();
  #ticking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(deadline: Deadline): void {
    this.#set.add(deadline);
    if (!this.#ticking) void this.#tick();
  }

  clear(deadline: Deadline): void {
    this.#set.delete(deadline);
  }

  async #tick(): Promise<void> {
    this.#ticking = true;
    while (this.#set.size > 0) {
      await this.#clock.sleep(TICK_MS);
      const nowMs = this.#clock.monotonicMs();
      for (const deadline of this.#set) {
        if (deadline.atMs > nowMs) continue;
        this.#set.delete(deadline);
        deadline.expire();
      }
    }
    this.#ticking = false;
  }
}
