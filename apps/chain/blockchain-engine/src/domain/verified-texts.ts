import { hash } from 'node:crypto';

/**
 * Texts of transactions that this process has verified, signature and all. A text that comes back from the store with the
 * same hash needs no second look; every other one does.
 */
export class VerifiedTexts {
  readonly #limit: number;
  readonly #txHashes = new Map<string, string>();
  /** By the hash of the transaction. */
  readonly #signatures = new Map<string, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(text: string, txHash: string, signature: string): void {
    put(this.#txHashes, hash('sha256', text), txHash, this.#limit);
    put(this.#signatures, txHash, signature, this.#limit);
  }

  /** Whether exactly this signature under this hash was verified here. */
  isVerified(txHash: string, signature: string): boolean {
    return this.#signatures.get(txHash) === signature;
  }

  /** @returns the transaction's hash, or undefined for a text that was never verified here */
  txHashOf(text: string): string | undefined {
    return this.#txHashes.get(hash('sha256', text));
  }
}

/** The oldest goes when there are too many. */
function put(map: Map<string, string>, key: string, value: string, limit: number): void {
  const [oldest] = map.keys();
  if (map.size >= limit && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
