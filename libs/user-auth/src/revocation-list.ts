/** How often entries whose tokens have all expired are dropped. */
const SWEEP_EVERY_MS = 60_000;

/** Login sessions that were ended, each for as long as a token of it could still be good. */
export class RevocationList {
  readonly #untilMs = new Map<string, number>();
  #sweptMs = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.#untilMs.size;
  }

  has(loginSessionId: string): boolean {
    return this.#untilMs.has(loginSessionId);
  }

  /** @param untilMs wall-clock time from which on every token of the session has expired by itself */
  add(loginSessionId: string, untilMs: number): void {
    this.#untilMs.set(loginSessionId, untilMs);
  }

  sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = nowMs;
    for (const [id, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(id);
  }
}
