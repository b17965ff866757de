import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type Random, systemRandom } from '@lucid/clock';

/** What one instance signs with. */
export interface ServiceKey {
  /** Names the public key in token headers and in the key list. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** The raw 32 bytes, base64url, as the key list holds them. */
  readonly publicKeyBase64url: string;
}

/** ASN.1 in front of a raw Ed25519 seed in PKCS#8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** First 16 characters of base64url(SHA-256(raw public key)). */
export const kidOf = (rawPublicKey: Uint8Array): string =>
  createHash('sha256').update(rawPublicKey).digest('base64url').slice(0, 16);

/**
 * @param pem PKCS#8 PEM of an Ed25519 private key
 * @throws Error that never contains the key
 */
export function loadServiceKey(pem: string): ServiceKey {
  const privateKey = parsePrivateKey(pem);
  const publicKeyBase64url = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
  return { kid: kidOf(Buffer.from(publicKeyBase64url, 'base64url')), privateKey, publicKeyBase64url };
}

/** A new key pair, for engines that set up a deployment and for tests. */
export function generateServiceKey(
  random: Random = systemRandom,
): Pick<ServiceKey, 'kid' | 'publicKeyBase64url'> & { pem: string } {
  const der = Buffer.concat([PKCS8_PREFIX, random.bytes(32)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const { kid, publicKeyBase64url } = loadServiceKey(pem);
  return { kid, publicKeyBase64url, pem };
}

function parsePrivateKey(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    key = undefined; // what OpenSSL says about the text is of no help and may quote it
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new Error('the service key is not an Ed25519 private key in PKCS#8 PEM');
  return key;
}
