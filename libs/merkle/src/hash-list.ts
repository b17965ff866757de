// Accepted shapes of "a list of 32-byte hashes", brought to one flat buffer.
import { HASH_BYTES, HASH_HEX } from './hashing.ts';
import { MerkleError } from './merkle-error.ts';

/** Hashes in order: hex strings as they come from documents, or one flat buffer of 32 bytes each. */
export type HashList = readonly string[] | Uint8Array;

/** 2^20 leaves: the height limit of 20 said as a count. */
export const MAX_LEAVES = 2 ** 20;

/** A new flat buffer with 32 bytes per hash. Throws `no_leaves`, `too_many_leaves`, `not_a_hash`. */
export function flatten(hashes: HashList): Buffer {
  if (hashes instanceof Uint8Array) {
    if (hashes.length % HASH_BYTES !== 0) {
      throw new MerkleError('not_a_hash', `${hashes.length} bytes are no whole number of 32-byte hashes`);
    }
    assertLeafCount(hashes.length / HASH_BYTES);
    return Buffer.from(hashes);
  }
  assertLeafCount(hashes.length);
  const flat = Buffer.allocUnsafeSlow(hashes.length * HASH_BYTES);
  hashes.forEach((text, i) => {
    if (!HASH_HEX.test(text)) {
      throw new MerkleError('not_a_hash', `hash ${i} is not 64 lower-case hex digits`);
    }
    flat.write(text, i * HASH_BYTES, 'hex');
  });
  return flat;
}

/** Throws unless a tree can have that many leaves. */
export function assertLeafCount(count: number): void {
  if (count === 0) throw new MerkleError('no_leaves', 'a tree needs at least one leaf');
  if (count > MAX_LEAVES) {
    throw new MerkleError(
      'too_many_leaves',
      `${count} leaves would be higher than 20 levels (${MAX_LEAVES})`,
    );
  }
}
