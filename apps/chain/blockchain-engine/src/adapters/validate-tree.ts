import type { MerkleValidation, MerkleTree as TreeRecord } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { MerkleTrees } from './merkle-trees.ts';

/** Leaves whose proofs are looked at: the ends, and some in between. */
const SAMPLES = 16;

/** Looks at the files of a session's tree. @throws 6301 when it has none */
export async function validateTree(trees: MerkleTrees, sessionId: string): Promise<MerkleValidation> {
  const record = await trees.ofSession(sessionId);
  const { hasAllLeaves, givesRoot } = await trees.look(record);
  const proves = givesRoot && (await provesSamples(trees, record));
  return {
    session_id: sessionId,
    tree_id: record.tree_id,
    root_hash: record.root_hash,
    status: proves ? 'validated' : 'failed',
    structure_valid: hasAllLeaves,
    hash_consistency: givesRoot,
    proof_verification: proves,
  };
}

async function provesSamples(trees: MerkleTrees, { tree_id, leaf_count }: TreeRecord): Promise<boolean> {
  const step = Math.max(1, Math.floor((leaf_count - 1) / (SAMPLES - 1)));
  const indexes = new Set([leaf_count - 1]);
  for (let index = 0; index < leaf_count && indexes.size < SAMPLES; index += step) indexes.add(index);
  try {
    for (const index of indexes) await trees.proof(tree_id, index);
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}
