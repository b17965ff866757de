import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';

const PIECE_BYTES = 8 * 1024 * 1024;
/** Of files up to 64 GiB no two variants have a piece in common. */
const SEEDS_PER_FILE = 8192;

export type SessionBytes = 'session-like' | 'random';

/** Writes a file of session-like bytes, the same for the same size and variant; or of bytes that nothing compresses. */
export async function writeSessionFile(
  path: string,
  sizeBytes: number,
  { variant = 0, kind = 'session-like' }: { variant?: number; kind?: SessionBytes } = {},
): Promise<void> {
  const file = openSync(path, 'w');
  try {
    for (let offset = 0; offset < sizeBytes; offset += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, sizeBytes - offset);
      const seed = variant * SEEDS_PER_FILE + offset / PIECE_BYTES + 1;
      writeSync(file, kind === 'random' ? randomBytes(length) : sessionLikeBytes(length, seed));
      await new Promise((resolve) => setImmediate(resolve)); // signals are answered in between
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
