// The key schedule of RFC 9180, section 5.1, in base mode: shared secret and info → the key and nonce of one message.
import type { CipherChaCha20Poly1305Types, CipherGCMTypes } from 'node:crypto';
import { KEM_ID } from './dhkem.ts';
import { labeledExpand, labeledExtract, twoBytes } from './labeled-kdf.ts';

/** A cipher of section 7.3, with OpenSSL's name for it. All of them have nonces of 12 and tags of 16 bytes. */
export interface Aead {
  readonly id: number;
  readonly cipher: CipherGCMTypes | CipherChaCha20Poly1305Types;
  readonly keyBytes: number;
}

export const AES_256_GCM = { id: 0x0002, cipher: 'aes-256-gcm', keyBytes: 32 } as const satisfies Aead;

const HKDF_SHA256_ID = 0x0001;
const NONCE_BYTES = 12;
const BASE_MODE = Buffer.of(0);
const NOTHING = Buffer.alloc(0);

export interface MessageKey {
  readonly key: Buffer;
  /** Of the first message; a chunk is the only one of its context. */
  readonly nonce: Buffer;
}

/** Neither overwrites the shared secret nor the answer: both are their holder's. @param aead another one for test vectors */
export function keySchedule(
  sharedSecret: Uint8Array,
  info: Uint8Array,
  aead: Aead = AES_256_GCM,
): MessageKey {
  const suiteId = Buffer.concat([
    Buffer.from('HPKE'),
    ...[KEM_ID, HKDF_SHA256_ID, aead.id].map((id) => twoBytes(id)),
  ]);
  const pskIdHash = labeledExtract(suiteId, NOTHING, 'psk_id_hash', NOTHING);
  const infoHash = labeledExtract(suiteId, NOTHING, 'info_hash', info);
  const context = Buffer.concat([BASE_MODE, pskIdHash, infoHash]);
  const secret = labeledExtract(suiteId, sharedSecret, 'secret', NOTHING);
  const key = labeledExpand(suiteId, secret, 'key', context, aead.keyBytes);
  const nonce = labeledExpand(suiteId, secret, 'base_nonce', context, NONCE_BYTES);
  secret.fill(0);
  return { key, nonce };
}
