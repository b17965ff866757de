import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

export interface Received {
  bytes: Buffer;
  hash: string;
}

/**
 * Reads a stream of known size into memory that is already there, hashing on the way.
 * @returns undefined when it is shorter or longer than `sizeBytes`
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
    if (at + piece.length > sizeBytes) return undefined;
    bytes.set(piece, at);
    hash.update(piece);
    at += piece.length;
  }
  return at === sizeBytes && bytes.length === sizeBytes ? { bytes, hash: hash.digest('hex') } : undefined;
}
