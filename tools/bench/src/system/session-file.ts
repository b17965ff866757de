import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';

const PIECE_BYTES = 8 * 1024 * 1024;

/** Writes a file of session-like bytes, the same for the same size. */
export async function writeSessionFile(path: string, sizeBytes: number): Promise<void> {
  const file = openSync(path, 'w');
  try {
    for (let offset = 0; offset < sizeBytes; offset += PIECE_BYTES) {
      writeSync(file, sessionLikeBytes(Math.min(PIECE_BYTES, sizeBytes - offset), offset / PIECE_BYTES + 1));
      await new Promise((resolve) => setImmediate(resolve)); // signals are answered in between
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
