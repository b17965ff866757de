import { graceMs } from './view-clock.ts';

const MAX_SETBACKS = 6;

/**
 * How long a leader is waited for. A slot that went down to its last fallback is a setback, any other takes one back. So a
 * network that is slower than the first guess is waited for in the end, which is what Tendermint's growing timeouts are for, and
 * is not found too slow again at every height.
 */
export class Patience {
  readonly #blockTimeMs: number;
  #setbacks = 0;

  constructor(blockTimeMs: number) {
    this.#blockTimeMs = blockTimeMs;
  }

  get graceMs(): number {
    return graceMs(this.#blockTimeMs, this.#setbacks);
  }

  slotIsOver(usedAllFallbacks: boolean): void {
    this.#setbacks = usedAllFallbacks
      ? Math.min(this.#setbacks + 1, MAX_SETBACKS)
      : Math.max(this.#setbacks - 1, 0);
  }
}
