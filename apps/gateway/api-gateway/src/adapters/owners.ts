import type { Clock } from '@lucid/clock';
import type { HttpClient, HttpResponse } from '@lucid/http-client';
import { LRUCache } from 'lru-cache';

const KNOWN_SESSIONS = 20_000;
/** An owner changes only when a recorder dies or is taken away; it is asked anew after this. */
const TRUST_MS = 30_000;

export interface OwnersOptions {
  http: HttpClient;
  clock: Clock;
  onLookup: (result: 'found' | 'moved' | 'unknown') => void;
}

export interface OwnerQuestion {
  baseUrl: string;
  path: string;
  /** What the call is routed by: the session. */
  key: string;
  headers: Record<string, string>;
  requestId: string;
  signal: AbortSignal;
}

/**
 * Which instance owns a session. A body that is streamed can be sent only once, so its call must not go to an instance that
 * refuses it: the owner is asked for beforehand by a HEAD, and remembered for half a minute.
 */
export class Owners {
  readonly #options: OwnersOptions;
  readonly #known = new LRUCache<string, { address: string; untilMs: number }>({ max: KNOWN_SESSIONS });

  constructor(options: OwnersOptions) {
    this.#options = options;
  }

  /** @returns `host:port`, or nothing when no instance says it is the owner; the call itself then tells the client why */
  async find(question: OwnerQuestion): Promise<string | undefined> {
    const known = this.recall(question.key);
    if (known !== undefined) return known;
    const { path, key, headers, baseUrl, requestId, signal } = question;
    const call = { baseUrl, method: 'HEAD', path, headers, hashKey: key, requestId, signal } as const;
    const response = await this.#options.http.request(call);
    await response.body.dump();
    const moved = ownerOf(response);
    const address = moved ?? (response.status < 300 ? response.address : undefined);
    if (address !== undefined) this.remember(key, address);
    this.#options.onLookup(moved ? 'moved' : address ? 'found' : 'unknown');
    return address;
  }

  recall(key: string): string | undefined {
    const known = this.#known.get(key);
    return known && known.untilMs > this.#options.clock.nowMs() ? known.address : undefined;
  }

  remember(key: string, address: string): void {
    this.#known.set(key, { address, untilMs: this.#options.clock.nowMs() + TRUST_MS });
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

/** The instance that an answer points to instead of itself. */
export function ownerOf({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): string | undefined {
  const address = headers['x-owner-address'];
  return status === 421 && typeof address === 'string' && /^[^\s/@]+:\d{1,5}$/.test(address)
    ? address
    : undefined;
}
