/**
 * A token bucket: bytes may come at a rate, and after a pause a second's worth at once.
 * Time comes in with every call (monotonic milliseconds).
 */
export class UploadRate {
  readonly #bytesPerSecond: number;
  /** When everything that came so far is paid for. */
  #paidMs = Number.NEGATIVE_INFINITY;

  /** @param bytesPerSecond 0: no limit */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Takes note of bytes that have come. @returns how long to wait before the next are taken */
  pauseAfterMs(sizeBytes: number, nowMs: number): number {
    if (this.#bytesPerSecond === 0) return 0;
    const startMs = Math.max(this.#paidMs, nowMs - BURST_MS);
    this.#paidMs = startMs + (sizeBytes / this.#bytesPerSecond) * 1000;
    return Math.max(0, this.#paidMs - nowMs);
  }
}

const BURST_MS = 1000;
