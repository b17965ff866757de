import type { Clock, Random } from '@lucid/clock';
import { SignJWT } from 'jose';
import type { LoginSession } from './login-session.ts';
import type { SigningKey } from './signing-key.ts';
import type { User } from './user.ts';

export const ISSUER = 'lucid-auth-service';
export const AUDIENCE = 'lucid';

export interface AccessTokenIssuer {
  key: SigningKey;
  lifetimeMs: number;
  clock: Clock;
  random: Random;
}

/** A JWT that says who the user is and which login session it belongs to. */
export function signAccessToken(
  { key, lifetimeMs, clock, random }: AccessTokenIssuer,
  user: Pick<User, 'userId' | 'role' | 'tokenVersion'>,
  session: Pick<LoginSession, 'sessionId'>,
): Promise<string> {
  const issuedAt = Math.floor(clock.nowMs() / 1000);
  const claims = {
    jti: random.uuid(),
    sub: user.userId,
    sid: session.sessionId,
    role: user.role,
    ver: user.tokenVersion,
    type: 'access',
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + Math.floor(lifetimeMs / 1000),
    iss: ISSUER,
    aud: AUDIENCE,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: key.kid })
    .sign(key.privateKey);
}
