import type { Clock } from '@lucid/clock';

interface Sleeper {
  dueMs: number;
  wake: () => void;
}

/** A clock that only moves when told. Sleepers wake in order of their due times. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper: Sleeper = { dueMs: this.#nowMs + durationMs, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => this.#sleepers.delete(sleeper) && reject(signal.reason), {
        once: true,
      });
    });
  }

  /** Moves time forward, waking whoever is due on the way; lets their continuations run between wake-ups. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (let next = this.#nextDue(endMs); next; next = this.#nextDue(endMs)) {
      this.#nowMs = next.dueMs;
      this.#sleepers.delete(next);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#nowMs = endMs;
    await new Promise((resolve) => setImmediate(resolve));
  }

  get sleeping(): number {
    return this.#sleepers.size;
  }

  #nextDue(endMs: number): Sleeper | undefined {
    const due = [...this.#sleepers].filter((sleeper) => sleeper.dueMs <= endMs);
    return due.sort((left, right) => left.dueMs - right.dueMs)[0];
  }
}
