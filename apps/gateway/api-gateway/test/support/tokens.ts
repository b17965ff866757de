import { createPrivateKey, createPublicKey } from 'node:crypto';
import { seededRandom } from '@lucid/clock';
import { SignJWT } from 'jose';

export const USER_ID = '11111111-1111-4111-8111-111111111111';
export const LOGIN_SESSION_ID = '22222222-2222-4222-8222-222222222222';
export const SESSION_ID = '33333333-3333-4333-8333-333333333333';

function keyOf(seed: string) {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    seededRandom(seed).bytes(32),
  ]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

const KEY = keyOf('auth');

export const jwks = {
  keys: [{ ...createPublicKey(KEY).export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'EdDSA' }],
};

export interface TokenOptions {
  role?: string;
  userId?: string;
  sid?: string;
  expiresInS?: number;
  forged?: boolean;
}

/** An access token as the auth service signs it. */
export function token({
  role = 'user',
  userId = USER_ID,
  sid = LOGIN_SESSION_ID,
  expiresInS = 900,
  forged = false,
}: TokenOptions = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    jti: 'one',
    sub: userId,
    sid,
    role,
    ver: 0,
    type: 'access',
    iss: 'lucid-auth-service',
    aud: 'lucid',
    iat: now - 1000,
    nbf: now - 1000,
    exp: now + expiresInS,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
    .sign(forged ? keyOf('mallory') : KEY);
}

export const bearer = async (options?: TokenOptions) => ({ authorization: `Bearer ${await token(options)}` });
