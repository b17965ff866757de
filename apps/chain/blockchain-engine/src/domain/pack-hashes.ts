import { MAX_LEAVES } from '@lucid/merkle';
import { errors } from '../errors.ts';

const HASH = /^[0-9a-f]{64}$/;

/**
 * Hashes as 32 bytes each, in memory that threads can see.
 * @param maxHeight of the tree they are for @throws 6305 without any, 6306 for one that is none, 6307 for too many
 */
export function packHashes(hashes: readonly string[], maxHeight: number): Uint8Array<SharedArrayBuffer> {
  const most = Math.min(MAX_LEAVES, 2 ** maxHeight);
  if (hashes.length === 0) throw errors.TREE_EMPTY();
  if (hashes.length > most) throw errors.TREE_TOO_HIGH({ details: { leaf_count: hashes.length, most } });
  const packed = new Uint8Array(new SharedArrayBuffer(hashes.length * 32));
  const bytes = Buffer.from(packed.buffer);
  for (const [index, text] of hashes.entries()) {
    if (!HASH.test(text)) throw errors.TREE_HASH_INVALID({ details: { index } });
    bytes.write(text, index * 32, 'hex');
  }
  return packed;
}
