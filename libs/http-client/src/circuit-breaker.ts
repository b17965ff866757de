/**
 * ```
 *            5 failures in a row
 *   closed ───────────────────────▶ open ◀──────────┐
 *     ▲                              │              │ any failure
 *     │                              │ first call   │
 *     │ 2 successes                  ▼ after a pause│
 *     └────────────────────────── half_open ────────┘
 *                                 (3 trial calls at most)
 * ```
 * closed: calls pass. open: calls are refused at once. half_open: a few calls find out whether the service is back.
 * The pause is 1 s at first and doubles up to 30 s while trial calls fail: a service that restarts in two seconds is not
 * kept away for thirty, and one that stays away is not bothered.
 * From closed and half_open, results of calls that began in an earlier state are not counted.
 */
export type Circuit = 'closed' | 'open' | 'half_open';

/** `neither`: the caller gave up, which says nothing about the service. */
export type CallOutcome = 'success' | 'failure' | 'neither';

export interface BreakerSettings {
  failuresToOpen: number;
  firstOpenMs: number;
  longestOpenMs: number;
  maxTrials: number;
  successesToClose: number;
}

/** The usual 5 failures, 3 trials, 2 successes; why the pause grows: docs/adr/0016. */
export const BREAKER_DEFAULTS: BreakerSettings = {
  failuresToOpen: 5,
  firstOpenMs: 1000,
  longestOpenMs: 30_000,
  maxTrials: 3,
  successesToClose: 2,
};

/** Pure but for its own state: time comes in with every call (monotonic milliseconds). */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #onChange: (to: Circuit, from: Circuit) => void;
  #circuit: Circuit = 'closed';
  /** Counts state changes; a call's ticket is the number of the state it began in. */
  #era = 0;
  #failures = 0;
  #openedMs = 0;
  #openMs = 0;
  #trials = 0;
  #successes = 0;

  constructor(onChange: (to: Circuit, from: Circuit) => void = () => undefined, settings = BREAKER_DEFAULTS) {
    this.#onChange = onChange;
    this.#settings = settings;
  }

  /** `half_open` shows from the first trial call on. */
  get circuit(): Circuit {
    return this.#circuit;
  }

  get consecutiveFailures(): number {
    return this.#failures;
  }

  /** Time until a trial call may pass; 0 when not open. */
  retryAfterMs(nowMs: number): number {
    return this.#circuit === 'open' ? Math.max(0, this.#openedMs + this.#openMs - nowMs) : 0;
  }

  /** @returns a ticket to give back with `leave`, or undefined when the call must not be made */
  enter(nowMs: number): number | undefined {
    if (this.#circuit === 'closed') return this.#era;
    if (this.#circuit === 'open') {
      if (this.retryAfterMs(nowMs) > 0) return undefined;
      this.#become('half_open');
    }
    if (this.#trials >= this.#settings.maxTrials) return undefined;
    this.#trials++;
    return this.#era;
  }

  leave(ticket: number, outcome: CallOutcome, nowMs: number): void {
    if (ticket !== this.#era) return;
    if (outcome === 'neither') {
      this.#trials = Math.max(0, this.#trials - 1);
    } else if (outcome === 'failure') {
      this.#failures++;
      if (this.#circuit === 'half_open' || this.#failures >= this.#settings.failuresToOpen) this.#open(nowMs);
    } else if (this.#circuit === 'closed') {
      this.#failures = 0;
    } else if (++this.#successes >= this.#settings.successesToClose) {
      this.#failures = 0;
      this.#become('closed');
    }
  }

  #open(nowMs: number): void {
    const { firstOpenMs, longestOpenMs } = this.#settings;
    this.#openMs = this.#circuit === 'half_open' ? Math.min(2 * this.#openMs, longestOpenMs) : firstOpenMs;
    this.#openedMs = nowMs;
    this.#become('open');
  }

  #become(to: Circuit): void {
    const from = this.#circuit;
    this.#circuit = to;
    this.#era++;
    this.#trials = 0;
    this.#successes = 0;
    this.#onChange(to, from);
  }
}
