import type { Clock } from '@lucid/clock';
import { commonErrors, ServiceError } from '@lucid/errors';
import { errors as joseErrors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { KeyList } from './key-list.ts';
import type { KnownKey } from './parse-key-list.ts';

/** A token that claims to live longer is refused: it could not be taken back. */
const MAX_LIFETIME_S = 300;
/** How far the clocks of two machines may differ. */
const CLOCK_SKEW_S = 5;
const MAX_TOKEN_CHARACTERS = 2048;
const MAX_NAME_CHARACTERS = 255;
const ANY_INSTANCE = '*';
/** Each caller instance has one or two valid tokens for us at any time. */
const CACHED_TOKENS = 4096;

/** Who calls: a service and which of its instances. */
export interface Caller {
  readonly service: string;
  readonly instance: string;
}

export interface VerifierOptions {
  /** This service; tokens for another one are refused. */
  serviceName: string;
  keysFile: string;
  /** Services the topology lets call here. */
  allowedCallers: readonly string[];
  clock: Clock;
  /** Told when the key list cannot be read; the last good one stays in force. */
  onError?: (error: unknown) => void;
}

export interface Verifier {
  /**
   * @param authorizationHeader the whole header, `Bearer <token>`
   * @throws BAD_CREDENTIALS without a token, TOKEN_EXPIRED, TOKEN_INVALID, CALLER_NOT_ALLOWED, UNAVAILABLE without a key list
   */
  verify(authorizationHeader: string | undefined): Promise<Caller>;
}

interface Verified {
  caller: Caller;
  key: KnownKey;
  expiresMs: number;
}

export function createVerifier(options: VerifierOptions): Verifier {
  const { clock } = options;
  const keys = new KeyList({ path: options.keysFile, clock, onError: options.onError });
  const allowed = new Set(options.allowedCallers);
  const cache = new LRUCache<string, Verified>({ max: CACHED_TOKENS });

  const identify = async (token: string): Promise<Caller> => {
    const known = cache.get(token);
    if (!known || !isStillListed(keys, known.key)) {
      const verified = await verifyToken(token, options, keys);
      cache.set(token, verified);
      return verified.caller;
    }
    if (clock.nowMs() < known.expiresMs) return known.caller;
    cache.delete(token);
    throw commonErrors.TOKEN_EXPIRED();
  };

  return {
    async verify(authorizationHeader) {
      const token = bearerToken(authorizationHeader);
      if (keys.isDue) await keys.refresh(false);
      const caller = await identify(token);
      if (!allowed.has(caller.service))
        throw commonErrors.CALLER_NOT_ALLOWED({ details: { caller: caller.service } });
      return caller;
    },
  };
}

/** The list may have been read anew since: the same kid must still belong to the same instance. */
function isStillListed(keys: KeyList, key: KnownKey): boolean {
  const listed = keys.get(key.kid);
  return listed?.service === key.service && listed.instance === key.instance;
}

function bearerToken(header: string | undefined): string {
  const token = header && /^Bearer +(\S+) *$/i.exec(header)?.[1];
  if (!token) throw commonErrors.BAD_CREDENTIALS();
  if (token.length > MAX_TOKEN_CHARACTERS) throw commonErrors.TOKEN_INVALID();
  return token;
}

/** A key of one instance speaks for that one alone; a shared one for any instance that gives its name. */
function isInstance(subject: string | undefined, key: KnownKey | undefined): boolean {
  if (!key || !subject || subject.length > MAX_NAME_CHARACTERS) return false;
  return key.instance === ANY_INSTANCE || key.instance === subject;
}

async function verifyToken(token: string, options: VerifierOptions, keys: KeyList): Promise<Verified> {
  const nowMs = options.clock.nowMs();
  let key: KnownKey | undefined;
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid = '' }) => {
        key = keys.get(kid);
        if (!key) await keys.refresh(true);
        key ??= keys.get(kid);
        if (!key) throw commonErrors.TOKEN_INVALID();
        return key.publicKey;
      },
      { algorithms: ['EdDSA'], currentDate: new Date(nowMs), requiredClaims: ['iat', 'exp'] },
    );
    const { iss, sub, aud, iat = 0, exp = 0 } = payload;
    const fits =
      iss === key?.service &&
      isInstance(sub, key) &&
      aud === options.serviceName &&
      iat <= nowMs / 1000 + CLOCK_SKEW_S &&
      exp - iat <= MAX_LIFETIME_S;
    if (!key || !fits) throw commonErrors.TOKEN_INVALID();
    const caller = Object.freeze({ service: key.service, instance: String(sub) });
    return { caller, key, expiresMs: exp * 1000 };
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (error instanceof joseErrors.JWTExpired) throw commonErrors.TOKEN_EXPIRED();
    throw commonErrors.TOKEN_INVALID({ cause: error });
  }
}
