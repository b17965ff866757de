// X25519 keys as the 32 bytes they are, in and out of node:crypto.
import { createPrivateKey, createPublicKey, encapsulate, type KeyObject } from 'node:crypto';
import { ChunkCodecError } from '../chunk-codec-error.ts';
import { assertKey } from '../format.ts';

/** Size of either half. */
export const KEY_PAIR_BYTES = 32;

/** The private key object of 32 bytes; OpenSSL clamps them. Throws `bad_key_size`. */
export function privateKeyFrom(bytes: Uint8Array): KeyObject {
  assertKey(bytes);
  return createPrivateKey({ key: asBuffer(bytes), format: 'raw-private', asymmetricKeyType: 'x25519' });
}

/**
 * The key that chunks of a session are sealed for. Throws `bad_public_key` for anything but 32 bytes, and for the points of
 * low order: with one of those everybody would know the shared secret. OpenSSL refuses them when the key is used, so it is.
 */
export function recipientFrom(publicKey: Uint8Array): KeyObject {
  if (publicKey.length !== KEY_PAIR_BYTES) {
    throw new ChunkCodecError('bad_public_key', `a public key is ${KEY_PAIR_BYTES} bytes`);
  }
  const key = createPublicKey({
    key: asBuffer(publicKey),
    format: 'raw-public',
    asymmetricKeyType: 'x25519',
  });
  try {
    encapsulate(key).sharedKey.fill(0);
  } catch (cause) {
    throw new ChunkCodecError('bad_public_key', 'the public key is a point of low order', { cause });
  }
  return key;
}

/** The public half of a private key, 32 bytes. */
export function publicKeyOf(privateKey: Uint8Array): Buffer {
  return rawPublicKey(createPublicKey(privateKeyFrom(privateKey)));
}

export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'raw-public' });
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
