import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock } from '@lucid/clock';
import type { authService, Client } from '@lucid/contracts';

/** An unknown key makes the list be fetched anew, this often at most. */
const REFETCH_PAUSE_MS = 1000;
const TIMEOUT_MS = 5000;

export interface KeySetOptions {
  client: Pick<Client<typeof authService>, 'jwks'>;
  clock: Clock;
  /** Told when the list cannot be fetched; the last good one stays in force. */
  onError: (error: unknown) => void;
}

/** The auth service's public keys. */
export class KeySet {
  readonly #options: KeySetOptions;
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #askedMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  get(kid: string): KeyObject | undefined {
    return this.#keys.get(kid);
  }

  /** The key, after a look at the auth service when it is unknown and the last look is a second ago. */
  async find(kid: string): Promise<KeyObject | undefined> {
    const known = this.#keys.get(kid);
    if (known) return known;
    const pausedMs = this.#options.clock.monotonicMs() - this.#askedMs;
    if (this.#fetching || pausedMs >= REFETCH_PAUSE_MS) await this.refresh();
    return this.#keys.get(kid);
  }

  /** Fetches the list; concurrent calls share one fetch. Never rejects. */
  refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    this.#askedMs = this.#options.clock.monotonicMs();
    try {
      const { body } = await this.#options.client.jwks({ timeoutMs: TIMEOUT_MS });
      const keys = new Map(body.keys.flatMap(readKey));
      if (keys.size === 0) throw new Error('the key list holds no Ed25519 signing key');
      this.#keys = keys;
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

/** Keys of other kinds are passed over: no token of ours is signed with one. */
function readKey(jwk: Record<string, unknown>): [string, KeyObject][] {
  const { kty, crv, x, kid, use = 'sig' } = jwk;
  if (kty !== 'OKP' || crv !== 'Ed25519' || use !== 'sig') return [];
  if (typeof x !== 'string' || typeof kid !== 'string') return [];
  return [[kid, createPublicKey({ key: { kty, crv, x }, format: 'jwk' })]];
}
