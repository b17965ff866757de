// Inclusion proofs: made from a tree, checked with nothing but the root.
import { MAX_LEAVES } from './hash-list.ts';
import { HASH_BYTES, HASH_HEX, nodeHash } from './hashing.ts';
import { MerkleError } from './merkle-error.ts';
import { siblingPositions } from './proof-positions.ts';
import type { MerkleTree } from './tree.ts';

/** One sibling on the way up; `position` says on which side of the running hash it stands. */
export interface ProofStep {
  readonly hash: string;
  readonly position: 'left' | 'right';
}

/** The wire form of a proof; `leaf_index` counts from 0. */
export interface MerkleProof {
  readonly leaf_hash: string;
  readonly leaf_index: number;
  readonly leaf_count: number;
  readonly proof_path: readonly ProofStep[];
}

/** Proof of the leaf at `leafIndex` (from 0). Throws `index_out_of_range`. */
export function proof(tree: MerkleTree, leafIndex: number): MerkleProof {
  const nodeAt = (depth: number, index: number) =>
    tree.levels[depth]?.toString('hex', index * HASH_BYTES, (index + 1) * HASH_BYTES) ?? '';
  if (!isIndexOf(leafIndex, tree.leafCount)) {
    throw new MerkleError('index_out_of_range', `leaf ${leafIndex} of ${tree.leafCount}`);
  }
  return {
    leaf_hash: nodeAt(0, leafIndex),
    leaf_index: leafIndex,
    leaf_count: tree.leafCount,
    proof_path: siblingPositions(leafIndex, tree.leafCount).map(({ depth, index, position }) => ({
      hash: nodeAt(depth, index),
      position,
    })),
  };
}

/**
 * True when the path leads from the leaf to `root` and is exactly the path that the index has in a tree of that many
 * leaves. Without the second half, one valid path could be passed off as the proof of another position.
 */
export function verifyProof(root: string, candidate: MerkleProof): boolean {
  const { leaf_hash, leaf_index, leaf_count, proof_path } = candidate;
  if (!HASH_HEX.test(root) || !HASH_HEX.test(leaf_hash)) return false;
  if (!Number.isInteger(leaf_count) || leaf_count > MAX_LEAVES || !isIndexOf(leaf_index, leaf_count)) {
    return false;
  }
  const expected = siblingPositions(leaf_index, leaf_count);
  if (proof_path.length !== expected.length) return false;
  let running = leaf_hash;
  for (const [i, step] of proof_path.entries()) {
    if (step.position !== expected[i]?.position || !HASH_HEX.test(step.hash)) return false;
    running = step.position === 'left' ? nodeHash(step.hash, running) : nodeHash(running, step.hash);
  }
  return running === root;
}

function isIndexOf(index: number, count: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < count;
}
