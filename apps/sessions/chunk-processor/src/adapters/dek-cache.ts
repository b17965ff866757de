import { LRUCache } from 'lru-cache';

/** An unwrapped session key. The bytes are the holder’s own copy. */
export interface SessionKey {
  keyId: string;
  dek: Buffer;
}

const LARGEST = 256;

/** Unwrapped keys, few and for a short time; overwritten with zeros when they leave. Whoever asks gets a copy. */
export class DekCache {
  readonly #keys: LRUCache<string, SessionKey> | undefined;

  constructor(ttlMs: number) {
    if (ttlMs <= 0) return;
    this.#keys = new LRUCache({
      max: LARGEST,
      ttl: ttlMs,
      ttlAutopurge: true,
      dispose: (key) => key.dek.fill(0),
    });
  }

  get(sessionId: string): SessionKey | undefined {
    const known = this.#keys?.get(sessionId);
    return known && { keyId: known.keyId, dek: Buffer.from(known.dek) };
  }

  set(sessionId: string, key: SessionKey): void {
    this.#keys?.set(sessionId, { keyId: key.keyId, dek: Buffer.from(key.dek) });
  }

  wipe(sessionId: string): void {
    this.#keys?.delete(sessionId);
  }

  wipeAll(): void {
    this.#keys?.clear();
  }
}
