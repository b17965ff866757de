import type { MerkleTree as TreeRecord } from '@lucid/contracts';
import { levelWidths, type MerkleProof, type ProofStep, siblingPositions, verifyProof } from '@lucid/merkle';
import type { LeafFiles } from './leaf-files.ts';

/**
 * A proof out of the files of a tree: at most 21 nodes are read, however many leaves there are, and the path is followed to
 * the root before it is handed out. @returns undefined when the files do not have it
 */
export async function treeProof(
  files: LeafFiles,
  { tree_id, root_hash, leaf_count }: TreeRecord,
  leafIndex: number,
): Promise<MerkleProof | undefined> {
  const siblings = siblingPositions(leafIndex, leaf_count);
  const starts = levelStarts(leaf_count);
  const low = siblings.filter(({ depth }) => depth === 0);
  const high = siblings.filter(({ depth }) => depth > 0);
  const leaves = await files.nodesAt(tree_id, 'leaves', [leafIndex, ...low.map(({ index }) => index)]);
  const nodes =
    high.length === 0
      ? []
      : await files.nodesAt(
          tree_id,
          'nodes',
          high.map(({ depth, index }) => (starts[depth] ?? 0) + index),
        );
  if (!leaves || !nodes) return undefined;
  const [leaf_hash = '', ...rest] = leaves;
  const hashes = [...rest, ...nodes];
  const proof_path = siblings.map(({ position }, at): ProofStep => ({ hash: hashes[at] ?? '', position }));
  const proof: MerkleProof = { leaf_hash, leaf_index: leafIndex, leaf_count, proof_path };
  return verifyProof(root_hash, proof) ? proof : undefined;
}

/** Place of the first node of each level in the file of the levels above the leaves. */
function levelStarts(leafCount: number): number[] {
  let start = 0;
  return levelWidths(leafCount).map((width, depth) => {
    if (depth === 0) return 0;
    start += width;
    return start - width;
  });
}
