// A whole tree in memory: one flat buffer of 32-byte nodes per level.
import { flatten, type HashList } from './hash-list.ts';
import { createNodeHasher, HASH_BYTES } from './hashing.ts';

/** `levels[0]` are the leaves, the last level is the root; 64 bytes per leaf in all. */
export interface MerkleTree {
  /** 64 lower-case hex. */
  readonly root: string;
  readonly leafCount: number;
  /** ceil(log2(leafCount)), 0 for one leaf. */
  readonly height: number;
  readonly levels: readonly Buffer[];
}

/** Tree over chunk hashes or transaction hashes; each is turned into its leaf first. The order is the leaf order. */
export function buildTree(itemHashes: HashList): MerkleTree {
  const leaves = flatten(itemHashes);
  const hasher = createNodeHasher();
  for (let at = 0; at < leaves.length; at += HASH_BYTES) hasher.leaf(leaves, at, leaves, at);
  return buildLevels(leaves, hasher);
}

/** Tree over leaves hashed earlier, such as the `levels[0]` of a tree kept in a file. */
export function buildTreeFromLeaves(leafHashes: HashList): MerkleTree {
  return buildLevels(flatten(leafHashes), createNodeHasher());
}

/** Root over chunk hashes or transaction hashes, 64 lower-case hex. */
export function merkleRoot(itemHashes: HashList): string {
  return buildTree(itemHashes).root;
}

function buildLevels(leaves: Buffer, hasher: ReturnType<typeof createNodeHasher>): MerkleTree {
  const levels = [leaves];
  let level = leaves;
  while (level.length > HASH_BYTES) {
    const width = level.length / HASH_BYTES;
    const pairs = width >> 1;
    const parent = Buffer.allocUnsafeSlow((pairs + (width & 1)) * HASH_BYTES);
    for (let i = 0; i < pairs; i++) hasher.pair(level, i * 2 * HASH_BYTES, parent, i * HASH_BYTES);
    // An odd node goes up unchanged; hashing it with itself would let a list with a repeated tail share the root.
    if (width & 1) level.copy(parent, pairs * HASH_BYTES, (width - 1) * HASH_BYTES);
    levels.push(parent);
    level = parent;
  }
  return {
    root: level.toString('hex'),
    leafCount: leaves.length / HASH_BYTES,
    height: levels.length - 1,
    levels,
  };
}
