import { verifyHash } from '@lucid/ledger';
import { LRUCache } from 'lru-cache';

const REMEMBERED = 4096;

/** Signatures of validators, each verified once however often it comes: by the route, by the node, in a certificate. */
export class SignatureMemo {
  readonly #good = new LRUCache<string, true>({ max: REMEMBERED });

  holds(hash: string, signature: string, publicKey: string): boolean {
    const key = `${hash}:${signature}:${publicKey}`;
    if (this.#good.has(key)) return true;
    if (!verifyHash(hash, signature, publicKey)) return false;
    this.#good.set(key, true);
    return true;
  }
}
