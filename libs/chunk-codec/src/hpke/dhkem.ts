// DHKEM(X25519, HKDF-SHA256) of RFC 9180, section 4.1: a fresh shared secret for whoever holds a private key.
import {
  createPublicKey,
  diffieHellman,
  type KeyObject,
  encapsulate as opensslEncapsulate,
} from 'node:crypto';
import { type RandomBytes, take } from '../format.ts';
import { labeledExpand, labeledExtract, twoBytes } from './labeled-kdf.ts';
import { KEY_PAIR_BYTES, privateKeyFrom, rawPublicKey } from './x25519.ts';

export const KEM_ID = 0x0020;
const SUITE_ID = Buffer.concat([Buffer.from('KEM'), twoBytes(KEM_ID)]);
const NOTHING = Buffer.alloc(0);

export interface Encapsulated {
  /** The ephemeral public key: 32 bytes that travel with the ciphertext. */
  readonly enc: Buffer;
  /** 32 bytes; whoever uses them overwrites them. */
  readonly sharedSecret: Buffer;
}

/** Makes a shared secret for the holder of a private key; the source of a chunk's randomness. */
export type Encapsulate = (recipient: KeyObject) => Encapsulated;

/** OpenSSL's own: the ephemeral private key is made, used and overwritten there and never enters this process's buffers. */
export const encapsulate: Encapsulate = (recipient) => {
  const { ciphertext, sharedKey } = opensslEncapsulate(recipient);
  return { enc: ciphertext, sharedSecret: sharedKey };
};

/** The same from given randomness, 32 bytes a call: for reproducible files and for the vectors of the RFC. */
export const encapsulateFrom =
  (randomBytes: RandomBytes): Encapsulate =>
  (recipient) => {
    const ephemeral = deriveKeyPair(take(randomBytes, KEY_PAIR_BYTES));
    const enc = rawPublicKey(createPublicKey(ephemeral));
    const shared = diffieHellman({ privateKey: ephemeral, publicKey: recipient });
    const prk = labeledExtract(SUITE_ID, NOTHING, 'eae_prk', shared);
    const context = Buffer.concat([enc, rawPublicKey(recipient)]);
    const sharedSecret = labeledExpand(SUITE_ID, prk, 'shared_secret', context, KEY_PAIR_BYTES);
    for (const secret of [shared, prk]) secret.fill(0);
    return { enc, sharedSecret };
  };

/** `DeriveKeyPair(ikm)` of the RFC, section 7.1.3; its private half. */
function deriveKeyPair(ikm: Uint8Array): KeyObject {
  const prk = labeledExtract(SUITE_ID, NOTHING, 'dkp_prk', ikm);
  const scalar = labeledExpand(SUITE_ID, prk, 'sk', NOTHING, KEY_PAIR_BYTES);
  const key = privateKeyFrom(scalar);
  for (const secret of [prk, scalar]) secret.fill(0);
  return key;
}
