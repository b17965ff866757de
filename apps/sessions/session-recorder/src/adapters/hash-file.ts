import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

/** SHA-256 of a stream as 64 hex digits; each piece is overwritten once it is hashed. */
export async function hashOf(bytes: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    hash.update(piece);
    piece.fill(0);
  }
  return hash.digest('hex');
}
