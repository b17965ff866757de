const SLOT_MS = 1000;
const SLOTS = 10;

export interface RetryBudgetSettings {
  /** Retries per request, at most. */
  share: number;
  /** This many are always allowed in a window, so that a quiet client can retry at all. */
  minimum: number;
}

interface Slot {
  number: number;
  requests: number;
  retries: number;
}

/**
 * Keeps retries from multiplying the load on a service that is failing under it: over the last 10 s, at most a fifth as many
 * retries as requests. Time comes in with every call (monotonic milliseconds).
 */
export class RetryBudget {
  readonly #settings: RetryBudgetSettings;
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ number: -1, requests: 0, retries: 0 }));

  constructor(settings: RetryBudgetSettings = { share: 0.2, minimum: 10 }) {
    this.#settings = settings;
  }

  request(nowMs: number): void {
    this.#slot(nowMs).requests++;
  }

  /** Takes one retry from the budget if there is one left. */
  retry(nowMs: number): boolean {
    const current = this.#slot(nowMs);
    const recent = this.#slots.filter(({ number }) => number > current.number - SLOTS);
    const requests = recent.reduce((sum, slot) => sum + slot.requests, 0);
    const retries = recent.reduce((sum, slot) => sum + slot.retries, 0);
    if (retries + 1 > Math.max(this.#settings.minimum, requests * this.#settings.share)) return false;
    current.retries++;
    return true;
  }

  #slot(nowMs: number): Slot {
    const number = Math.floor(nowMs / SLOT_MS);
    const index = number % SLOTS;
    const slot = this.#slots[index];
    if (slot?.number === number) return slot;
    const fresh = { number, requests: 0, retries: 0 };
    this.#slots[index] = fresh;
    return fresh;
  }
}
