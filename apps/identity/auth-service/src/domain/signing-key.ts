import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';

/** ASN.1 in front of a raw Ed25519 seed in PKCS#8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SALT = 'lucid-auth-service';
const INFO = 'access-token-signing-key:ed25519:1';
/** Below this the derived key would be guessable. */
const MIN_SECRET_BYTES = 32;

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  kid: string;
  privateKey: KeyObject;
  /** As it stands in `/.well-known/jwks.json`. */
  publicJwk: Record<string, unknown>;
}

/**
 * The key of access tokens: HKDF-SHA256 of the root secret, so that replicas agree without talking.
 * @throws Error when the secret has less than 32 bytes
 */
export async function deriveSigningKey(secret: string): Promise<SigningKey> {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    throw new Error(`JWT_SECRET must have at least ${MIN_SECRET_BYTES} bytes`);
  const seed = Buffer.from(hkdfSync('sha256', secret, SALT, INFO, 32));
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const { kty, crv, x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: kty ?? '', crv: crv ?? '', x: x ?? '' });
  return { kid, privateKey, publicJwk: { kty, crv, x, kid, use: 'sig', alg: 'EdDSA' } };
}

/** Secrets printed in public instructions; fine on a laptop, an open door in production. */
const PUBLISHED = new Set([
  'your-256-bit-jwt-secret-key-here',
  'dev-jwt-secret-change-in-production',
  'your-super-secret-jwt-key-change-in-production',
]);

export const isPublishedSecret = (secret: string): boolean => PUBLISHED.has(secret);
