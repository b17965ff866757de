// Encrypts and hashes a payload in one pass, piece by piece, into one file buffer.
import { createCipheriv, createHash, type KeyObject } from 'node:crypto';
import type { Compressed } from './compression.ts';
import {
  CHUNK_OVERHEAD_BYTES,
  type ChunkPlace,
  chunkAad,
  chunkInfo,
  PIECE_BYTES,
  TAG_BYTES,
} from './format.ts';
import type { Encapsulate } from './hpke/dhkem.ts';
import { AES_256_GCM, keySchedule } from './hpke/key-schedule.ts';

export interface Sealed {
  /** enc ‖ ciphertext ‖ tag */
  readonly file: Buffer;
  /** SHA-256 of the file, 64 lower-case hex. */
  readonly chunkHash: string;
}

export interface SealInput extends ChunkPlace {
  /** Public key of the session, from `recipientFrom`. */
  readonly recipient: KeyObject;
  /** `encapsulate`, or `encapsulateFrom` where the file has to be reproducible. */
  readonly encapsulate: Encapsulate;
  /** Memory for the file; used when it is large enough, and then `file` is a view of it. */
  readonly outputBuffer?: Buffer | undefined;
}

/**
 * Seals piece after piece; every `yield` is a moment at which an asynchronous caller may let others run. Pieces are
 * encrypted, copied and hashed while they are in the cache: twice the speed of encrypting 10 MiB at a stroke. The key is
 * overwritten here as soon as the cipher has it, and the cipher overwrites its own copy when it ends.
 */
export function* sealInPieces(input: SealInput, compressed: Compressed): Generator<undefined, Sealed> {
  const { payload, algorithm } = compressed;
  const aad = chunkAad(input, algorithm);
  const { enc, sharedSecret } = input.encapsulate(input.recipient);
  const { key, nonce } = keySchedule(sharedSecret, chunkInfo(input));
  sharedSecret.fill(0);
  const cipher = createCipheriv(AES_256_GCM.cipher, key, nonce, { authTagLength: TAG_BYTES });
  key.fill(0);
  cipher.setAAD(aad);
  const hash = createHash('sha256');
  const file = memoryFor(payload.length + CHUNK_OVERHEAD_BYTES, input.outputBuffer);

  let at = 0;
  const append = (bytes: Uint8Array) => {
    file.set(bytes, at);
    hash.update(bytes);
    at += bytes.length;
  };
  append(enc);
  for (let from = 0; from < payload.length; from += PIECE_BYTES) {
    append(cipher.update(payload.subarray(from, from + PIECE_BYTES)));
    yield;
  }
  append(cipher.final());
  append(cipher.getAuthTag());
  return { file, chunkHash: hash.digest('hex') };
}

function memoryFor(size: number, offered: Buffer | undefined): Buffer {
  return offered && offered.length >= size ? offered.subarray(0, size) : Buffer.allocUnsafeSlow(size);
}

/** Runs a piecewise job to its end at once. */
export function runNow<T>(job: Generator<undefined, T>): T {
  for (;;) {
    const step = job.next();
    if (step.done) return step.value;
  }
}

/** Runs a piecewise job, giving the event loop a turn every few pieces so that other requests are answered. */
export async function runPolitely<T>(job: Generator<undefined, T>, piecesPerTurn = 4): Promise<T> {
  for (let piece = 1; ; piece++) {
    const step = job.next();
    if (step.done) return step.value;
    if (piece % piecesPerTurn === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
