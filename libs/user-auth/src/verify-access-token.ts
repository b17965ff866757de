import { commonErrors, ServiceError } from '@lucid/errors';
import { ROLES } from '@lucid/service';
import { errors as joseErrors, jwtVerify } from 'jose';
import type { KeySet } from './key-set.ts';
import type { VerifiedUser } from './verified-user.ts';

/** How far the clocks of two machines may differ, for `nbf`. Expiry is taken exactly. */
const CLOCK_SKEW_S = 5;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface Checked {
  user: VerifiedUser;
  kid: string;
}

/**
 * Signature, issuer, audience, type, times and claims of an access token. Knows nothing of revocations.
 * @throws TOKEN_EXPIRED for a good one that is too old, UNAVAILABLE while no key was ever fetched, else TOKEN_INVALID
 */
export async function verifyAccessToken(token: string, keys: KeySet, nowMs: number): Promise<Checked> {
  let usedKid = '';
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid = '' }) => {
        usedKid = kid;
        const key = await keys.find(kid);
        if (key) return key;
        throw keys.isEmpty ? commonErrors.UNAVAILABLE() : commonErrors.TOKEN_INVALID();
      },
      {
        algorithms: ['EdDSA'],
        issuer: 'lucid-auth-service',
        audience: 'lucid',
        currentDate: new Date(nowMs),
        clockTolerance: CLOCK_SKEW_S,
        requiredClaims: ['jti', 'sub', 'sid', 'role', 'iat', 'nbf', 'exp'],
      },
    );
    const { sub: id, sid, type, exp = 0 } = payload;
    const role = ROLES.find((known) => known === payload.role);
    if (type !== 'access' || !isUuid(id) || !isUuid(sid) || !role) throw commonErrors.TOKEN_INVALID();
    if (exp * 1000 <= nowMs) throw commonErrors.TOKEN_EXPIRED();
    return { user: Object.freeze({ id, role, loginSessionId: sid, expiresMs: exp * 1000 }), kid: usedKid };
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (error instanceof joseErrors.JWTExpired && error.claim === 'exp') throw commonErrors.TOKEN_EXPIRED();
    throw commonErrors.TOKEN_INVALID({ cause: error });
  }
}

const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);
