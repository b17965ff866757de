export { type HashList, MAX_LEAVES } from './hash-list.ts';
export { leafHash, nodeHash } from './hashing.ts';
export { MerkleError, type MerkleErrorCode } from './merkle-error.ts';
export { type MerkleProof, type ProofStep, proof, verifyProof } from './proof.ts';
export { levelWidths, siblingPositions } from './proof-positions.ts';
export { createRootAccumulator, merkleRootOf, type RootAccumulator } from './streaming-root.ts';
export { buildTree, buildTreeFromLeaves, type MerkleTree, merkleRoot } from './tree.ts';
