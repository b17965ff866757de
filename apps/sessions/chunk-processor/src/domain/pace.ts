const FIRST_MS = 200;
const LONGEST_MS = 5000;

/** How long the pool holds back after failures that are not the chunks’ fault; success forgets them all. */
export class Pace {
  #failures = 0;

  failed(): void {
    this.#failures++;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** @param fraction 0 to 1, so that many processors do not come back at the same moment */
  pauseMs(fraction: number): number {
    if (this.#failures === 0) return 0;
    const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(16, this.#failures - 1));
    return fullMs * (0.5 + fraction / 2);
  }
}
