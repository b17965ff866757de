import { type Clock, repeat } from '@lucid/clock';
import type { authService, Client } from '@lucid/contracts';
import { commonErrors, ServiceError } from '@lucid/errors';
import type { Logger } from '@lucid/logging';
import type { Registry } from '@lucid/metrics';
import { LRUCache } from 'lru-cache';
import { bearerToken } from './bearer-token.ts';
import { KeySet } from './key-set.ts';
import { userAuthMetrics } from './metrics.ts';
import { RevocationFeed } from './revocation-feed.ts';
import { RevocationList } from './revocation-list.ts';
import type { VerifiedUser } from './verified-user.ts';
import { type Checked, verifyAccessToken } from './verify-access-token.ts';

const CACHED_TOKENS = 20_000;
const POLL_FEED_EVERY_MS = 1000;
const FETCH_KEYS_EVERY_MS = 300_000;
/** The auth service may start after us; until it answers once, it is asked this often. */
const FETCH_FIRST_KEYS_EVERY_MS = 1000;
/** From here on health says that revocations may not be known. */
const FEED_STALE_MS = 30_000;

export interface UserVerifierOptions {
  client: Pick<Client<typeof authService>, 'jwks' | 'listRevocations'>;
  clock: Clock;
  logger: Logger;
  registry: Registry;
}

export interface UserVerifier {
  /**
   * @param authorizationHeader the whole header, `Bearer <token>`
   * @returns the user at once when the token is known, else a promise
   * @throws BAD_CREDENTIALS without a token, TOKEN_EXPIRED, TOKEN_INVALID, UNAVAILABLE while the keys were never fetched
   */
  verify(authorizationHeader: string | undefined): VerifiedUser | Promise<VerifiedUser>;
  /** Follows keys and revocations until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Keys and revocations were read at least once: before, users cannot be told apart from strangers. */
  readonly isReady: boolean;
  /** The feed has been silent for too long. */
  readonly isFeedStale: boolean;
}

export function createUserVerifier(options: UserVerifierOptions): UserVerifier {
  const { client, clock, logger, registry } = options;
  const metrics = userAuthMetrics.register(registry);
  const revoked = new RevocationList();
  const feed = new RevocationFeed({ client, list: revoked, clock });
  const keys = new KeySet({
    client,
    clock,
    onError: (error) => logger.warn({ err: error }, 'the key list of the auth service cannot be fetched'),
  });
  const accepted = metrics.lucid_auth_token_validations_total.labels('ok');
  const cache = new LRUCache<string, Checked>({ max: CACHED_TOKENS });

  const refuse = (error: unknown): never => {
    metrics.lucid_auth_token_validations_total.inc({ result: resultOf(error) });
    throw error;
  };
  const accept = ({ user }: Checked): VerifiedUser => {
    if (revoked.has(user.loginSessionId)) return refuse(commonErrors.TOKEN_INVALID());
    accepted.inc();
    return user;
  };
  const checkAnew = async (token: string): Promise<VerifiedUser> => {
    const checked = await verifyAccessToken(token, keys, clock.nowMs()).catch(refuse);
    cache.set(token, checked);
    return accept(checked);
  };
  const tokenOf = (header: string | undefined): string => {
    try {
      return bearerToken(header);
    } catch (error) {
      return refuse(error);
    }
  };

  const followFeed = async (signal: AbortSignal): Promise<boolean> => {
    try {
      await feed.poll(signal);
    } finally {
      metrics.lucid_revocation_feed_age_seconds.set(feed.ageMs / 1000);
      metrics.lucid_revocations_known.set(revoked.size);
    }
    return false;
  };
  const onFeedError = (error: unknown): void => {
    logger.debug({ err: error }, 'the revocation feed does not answer');
  };
  const fetchKeys = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await keys.refresh();
      const pauseMs = keys.isEmpty ? FETCH_FIRST_KEYS_EVERY_MS : FETCH_KEYS_EVERY_MS;
      await clock.sleep(pauseMs, signal).catch(() => undefined); // only an abort ends the pause early
    }
  };

  return {
    verify(header) {
      const token = tokenOf(header);
      const known = cache.get(token);
      if (!known || !keys.get(known.kid)) return checkAnew(token);
      if (clock.nowMs() < known.user.expiresMs) return accept(known);
      cache.delete(token);
      return refuse(commonErrors.TOKEN_EXPIRED());
    },
    run: async (signal) => {
      const pace = { clock, pauseMs: POLL_FEED_EVERY_MS, signal, onError: onFeedError };
      await Promise.all([repeat(() => followFeed(signal), pace), fetchKeys(signal)]);
    },
    get isReady() {
      return !keys.isEmpty && feed.hasAnswered;
    },
    get isFeedStale() {
      return feed.ageMs > FEED_STALE_MS;
    },
  };
}

const RESULTS: Readonly<Record<string, string>> = {
  BAD_CREDENTIALS: 'missing',
  TOKEN_EXPIRED: 'expired',
  UNAVAILABLE: 'unavailable',
};
const resultOf = (error: unknown): string =>
  (error instanceof ServiceError && RESULTS[error.key]) || 'invalid';
