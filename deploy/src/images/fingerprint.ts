import { createHash } from 'node:crypto';

/** The label that says what an image was made of; an image whose label still fits need not be built again. */
export const INPUTS_LABEL = 'io.github.hamigames.lucid.inputs';

/** SHA-256 over everything that decides what an image becomes, each part with its length before it. */
export function fingerprint(parts: readonly (string | readonly Uint8Array[])[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const pieces = typeof part === 'string' ? [Buffer.from(part)] : part;
    hash.update(`${pieces.reduce((sum, piece) => sum + piece.byteLength, 0)}:`);
    for (const piece of pieces) hash.update(piece);
  }
  return hash.digest('hex');
}
