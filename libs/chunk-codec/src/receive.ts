// A stream of octets into memory that is already there.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

export interface Received {
  /** A view of the memory that was given. */
  readonly bytes: Buffer;
  /** SHA-256, 64 lower-case hex. */
  readonly hash: string;
}

/**
 * Reads a stream of known size, hashing on the way. Each piece is overwritten once it is copied: what arrives may be
 * plaintext, and the memory of a piece is given back long after nobody needs it.
 * @returns undefined when the stream is shorter or longer than `sizeBytes`, or the memory is too small
 */
export async function receive(
  source: Readable,
  sizeBytes: number,
  into: Buffer,
): Promise<Received | undefined> {
  const bytes = into.subarray(0, sizeBytes);
  const hash = createHash('sha256');
  let at = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    if (at + piece.length > bytes.length) {
      piece.fill(0);
      return undefined;
    }
    bytes.set(piece, at);
    piece.fill(0);
    hash.update(bytes.subarray(at, at + piece.length));
    at += piece.length;
  }
  return at === sizeBytes ? { bytes, hash: hash.digest('hex') } : undefined;
}
