import { graceMs } from './view-clock.ts';

const MAX_SETBACKS = 6;

/**
 * How long a leader is waited for. A slot in which one was waited for and no block came is a setback, a slot with a block takes
 * one back. So a network that is slower than the first guess is waited for in the end, which is what Tendermint's
 * growing timeouts are for, and is not found too slow again at every height.
 */
export class Patience {
  readonly #blockTimeMs: number;
  #setbacks = 0;
  #slotWithBlock = -1;

  constructor(blockTimeMs: number) {
    this.#blockTimeMs = blockTimeMs;
  }

  get graceMs(): number {
    return graceMs(this.#blockTimeMs, this.#setbacks);
  }

  confirmedIn(slot: number): void {
    this.#slotWithBlock = Math.max(this.#slotWithBlock, slot);
  }

  slotIsOver(slot: number, wasWaitedFor: boolean): void {
    if (this.#slotWithBlock >= slot) this.#setbacks = Math.max(this.#setbacks - 1, 0);
    else if (wasWaitedFor) this.#setbacks = Math.min(this.#setbacks + 1, MAX_SETBACKS);
  }
}
