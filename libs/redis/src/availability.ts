/**
 * ```
 *               a probe is answered
 *   connecting ─────────────────────▶ up ──────────┐
 *       │                             ▲            │ a command or a probe fails,
 *       │ not within a second         │ a probe    │ the connection is lost
 *       ▼                             │ is answered│
 *     down ◀──────────────────────────┴────────────┘
 * ```
 * connecting: nothing is known, nothing was said. up: commands go to Redis. down: they are refused at once, and probes ask
 * whether it is back.
 */
export type RedisState = 'connecting' | 'up' | 'down';

const CONNECT_MS = 1000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_MS = 10_000;

/**
 * Decides between Redis and doing without. One failure is enough to go without: whoever is next does not wait as well. A Redis
 * that answers probes and fails commands would flap, so each fall within 10 s of coming back doubles the pause before the next
 * probe, up to 30 s. An answer that was only late ends a fall at once, unless it is such a repeated one.
 * Pure but for its own state: time comes in with every call (monotonic milliseconds).
 */
export class Availability {
  readonly #onChange: (to: RedisState, reason: string) => void;
  readonly #bornMs: number;
  #state: RedisState = 'connecting';
  #reason = 'it is being connected';
  #pauseMs = FIRST_PAUSE_MS;
  #upSinceMs = Number.NEGATIVE_INFINITY;
  #nextProbeMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: number, onChange: (to: RedisState, reason: string) => void) {
    this.#bornMs = nowMs;
    this.#onChange = onChange;
  }

  get state(): RedisState {
    return this.#state;
  }

  /** Why it is not up. */
  get reason(): string {
    return this.#reason;
  }

  isProbeDue(nowMs: number): boolean {
    return this.#state !== 'up' && nowMs >= this.#nextProbeMs;
  }

  answered(nowMs: number): void {
    if (this.#state === 'up') return;
    this.#upSinceMs = this.#state === 'connecting' ? Number.NEGATIVE_INFINITY : nowMs;
    this.#become('up', '');
  }

  /** A command was answered after it had been given up: Redis has merely been slow for a moment. */
  answeredLate(nowMs: number): void {
    if (this.#pauseMs === FIRST_PAUSE_MS) this.answered(nowMs);
  }

  failed(reason: string, nowMs: number): void {
    if (this.#state === 'connecting' && nowMs - this.#bornMs < CONNECT_MS) return;
    if (this.#state !== 'down') {
      const isSteady = nowMs - this.#upSinceMs >= STEADY_MS;
      this.#pauseMs = isSteady ? FIRST_PAUSE_MS : Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
      this.#become('down', reason);
    }
    this.#nextProbeMs = nowMs + this.#pauseMs;
  }

  #become(to: RedisState, reason: string): void {
    this.#state = to;
    this.#reason = reason;
    this.#onChange(to, reason);
  }
}
