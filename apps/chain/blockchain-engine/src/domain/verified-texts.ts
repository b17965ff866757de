import { hash } from 'node:crypto';

/**
 * Texts of transactions that this process has verified, signature and all. A text that comes back from the store with the
 * same hash needs no second look; every other one does.
 */
export class VerifiedTexts {
  readonly #limit: number;
  readonly #txHashes = new Map<string, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(text: string, txHash: string): void {
    const [oldest] = this.#txHashes.keys();
    if (this.#txHashes.size >= this.#limit && oldest !== undefined) this.#txHashes.delete(oldest);
    this.#txHashes.set(hash('sha256', text), txHash);
  }

  /** @returns the transaction's hash, or undefined for a text that was never verified here */
  txHashOf(text: string): string | undefined {
    return this.#txHashes.get(hash('sha256', text));
  }
}
