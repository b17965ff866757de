// HKDF-SHA256 with HPKE's labels (RFC 9180, section 4). HMAC by hand: `hkdfSync` keeps a copy of its secret until a collection.
import { createHmac } from 'node:crypto';

const HASH_BYTES = 32;
const VERSION = Buffer.from('HPKE-v1');
const NO_SALT = Buffer.alloc(HASH_BYTES);
const FIRST_BLOCK = Buffer.of(1);

/** Big-endian, two bytes: `I2OSP(value, 2)`. */
export function twoBytes(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** `LabeledExtract(salt, label, ikm)`; an empty salt stands for 32 zeros, as in RFC 5869. The caller overwrites the answer. */
export function labeledExtract(
  suiteId: Uint8Array,
  salt: Uint8Array,
  label: string,
  ikm: Uint8Array,
): Buffer {
  return hmac(salt.length === 0 ? NO_SALT : salt, [VERSION, suiteId, Buffer.from(label), ikm]);
}

/** `LabeledExpand(prk, label, info, sizeBytes)` for up to 32 bytes: one block. The caller overwrites the answer. */
export function labeledExpand(
  suiteId: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  sizeBytes: number,
): Buffer {
  if (sizeBytes > HASH_BYTES) throw new RangeError(`one block gives ${HASH_BYTES} bytes, not ${sizeBytes}`);
  const parts = [twoBytes(sizeBytes), VERSION, suiteId, Buffer.from(label), info, FIRST_BLOCK];
  return hmac(prk, parts).subarray(0, sizeBytes);
}

function hmac(key: Uint8Array, parts: readonly Uint8Array[]): Buffer {
  const running = createHmac('sha256', key);
  for (const part of parts) running.update(part);
  return running.digest();
}
