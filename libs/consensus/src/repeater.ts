// Messages get lost: what a node said of its height is said again, after one second at first, then less and less often.

const FIRST_MS = 1000;
const MAX_MS = 8000;

export class Repeater {
  #intervalMs = FIRST_MS;
  #dueMs = 0;

  /** Something new was said, or there is something new to say. */
  restart(nowMs: number): void {
    this.#intervalMs = FIRST_MS;
    this.#dueMs = nowMs + FIRST_MS;
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  /** True when it is time; the next time is then twice as far away. */
  isDue(nowMs: number): boolean {
    this.#dueMs = Math.min(this.#dueMs, nowMs + MAX_MS); // the clock may have been set back
    if (nowMs < this.#dueMs) return false;
    this.#dueMs = nowMs + this.#intervalMs;
    this.#intervalMs = Math.min(this.#intervalMs * 2, MAX_MS);
    return true;
  }
}
