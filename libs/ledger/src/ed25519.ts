// Ed25519 over node:crypto with raw hex at the edges. Key objects are cached: parsing one costs as much as verifying.
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';
import { LedgerError } from './ledger-error.ts';

const HEX_32 = /^[0-9a-f]{64}$/;
const SIGNATURE_HEX = /^[0-9a-f]{128}$/;
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Bounded, since public keys come from whoever submits a transaction. */
const MAX_CACHED_KEYS = 1024;
const publicKeys = new Map<string, KeyObject>();

/** A private key with its public half; the private half leaves only through `privateKeyPem`. */
export interface SigningKey {
  /** 64 lower-case hex. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** Key from a 32-byte seed, as bytes or 64 hex digits (the form of BLOCKCHAIN_VALIDATOR_KEY). Throws `bad_key`. */
export function signingKeyFromSeed(seed: Uint8Array | string): SigningKey {
  const bytes = typeof seed === 'string' && HEX_32.test(seed) ? Buffer.from(seed, 'hex') : seed;
  if (typeof bytes === 'string' || bytes.length !== 32)
    throw new LedgerError('bad_key', 'a seed is 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), format: 'der', type: 'pkcs8' });
  return withPublicHalf(key);
}

/** Key from a PKCS#8 PEM text. Throws `bad_key` when it is none or not Ed25519. */
export function signingKeyFromPem(pem: string): SigningKey {
  try {
    return withPublicHalf(createPrivateKey({ key: pem, format: 'pem' }));
  } catch {
    // The cause is dropped on purpose: OpenSSL quotes its input.
    throw new LedgerError('bad_key', 'the text is no Ed25519 private key in PKCS#8 PEM');
  }
}

/** A new key from 32 random bytes. */
export function generateSigningKey(randomBytes: (size: number) => Uint8Array): SigningKey {
  return signingKeyFromSeed(randomBytes(32));
}

/** PKCS#8 PEM. A secret: for key files only. */
export function privateKeyPem(key: SigningKey): string {
  return key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** Signature over the 32 raw bytes of a hash; 128 hex. */
export function signHash(hashHex: string, key: SigningKey): string {
  return nodeSign(null, hashBytes(hashHex), key.privateKey).toString('hex');
}

/**
 * True when the signature over the raw hash is right; malformed keys and signatures are just wrong. Keys of small order,
 * under which one signature would fit every message, are refused by OpenSSL 3.5 itself; a test holds it to that.
 */
export function verifyHash(hashHex: string, signatureHex: string, publicKeyHex: string): boolean {
  if (!HEX_32.test(hashHex) || !SIGNATURE_HEX.test(signatureHex) || !HEX_32.test(publicKeyHex)) return false;
  return nodeVerify(
    null,
    hashBytes(hashHex),
    publicKeyObject(publicKeyHex),
    Buffer.from(signatureHex, 'hex'),
  );
}

function withPublicHalf(privateKey: KeyObject): SigningKey {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new LedgerError('bad_key', 'the key is not Ed25519');
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { publicKey: spki.toString('hex', SPKI_PREFIX.length), privateKey };
}

function publicKeyObject(publicKeyHex: string): KeyObject {
  const cached = publicKeys.get(publicKeyHex);
  if (cached) return cached;
  const raw = Buffer.from(publicKeyHex, 'hex');
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  const [oldest] = publicKeys.keys();
  if (publicKeys.size >= MAX_CACHED_KEYS && oldest !== undefined) publicKeys.delete(oldest);
  publicKeys.set(publicKeyHex, key);
  return key;
}

function hashBytes(hashHex: string): Buffer {
  if (!HEX_32.test(hashHex))
    throw new LedgerError('bad_hash', 'only a hash of 64 lower-case hex digits is signed');
  return Buffer.from(hashHex, 'hex');
}
