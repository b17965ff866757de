import type { Clock } from '@lucid/clock';
import type { authService, Client } from '@lucid/contracts';
import type { RevocationList } from './revocation-list.ts';

/** A page this long is not the last one. The auth service sends no longer ones. */
const FULL_PAGE = 1000;
const TIMEOUT_MS = 5000;

export interface RevocationFeedOptions {
  client: Pick<Client<typeof authService>, 'listRevocations'>;
  list: RevocationList;
  clock: Clock;
}

/** Follows the auth service's revocation feed by its cursor. */
export class RevocationFeed {
  readonly #options: RevocationFeedOptions;
  readonly #startedMs: number;
  #answeredMs: number | undefined;
  #cursor: string | undefined;

  constructor(options: RevocationFeedOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
  }

  /** Time since the feed last answered; since the start when it never did. */
  get ageMs(): number {
    return this.#options.clock.monotonicMs() - (this.#answeredMs ?? this.#startedMs);
  }

  get hasAnswered(): boolean {
    return this.#answeredMs !== undefined;
  }

  /** Reads all there is. @throws what the call throws; nothing read so far is lost */
  async poll(signal: AbortSignal): Promise<void> {
    const { client, list, clock } = this.#options;
    for (let full = true; full; ) {
      const query = this.#cursor === undefined ? {} : { after: this.#cursor };
      const { body } = await client.listRevocations({ query, signal, timeoutMs: TIMEOUT_MS });
      for (const { session_id, expires_at } of body.revocations) list.add(session_id, Date.parse(expires_at));
      this.#cursor = body.cursor;
      full = body.revocations.length >= FULL_PAGE;
    }
    this.#answeredMs = clock.monotonicMs();
    list.sweep(clock.nowMs());
  }
}
