import { ServiceError } from '@lucid/errors';
import { merkleRoot } from '@lucid/merkle';
import { completeStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import type { Step } from './step.ts';
import { storedChunks } from './stored-chunks.ts';

/** The engine's word for: it keeps a tree over other hashes for this session, and trees are never replaced. */
const TREE_CONFLICT = 6302;

/** Computes the root, and has the engine keep the tree: two computations of one root must agree. */
export const buildTree: Step = async (document, { clients }) => {
  const chunk_hashes = await storedChunks(clients.storage, document, (chunk) => chunk.chunk_hash);
  const merkle_root = merkleRoot(chunk_hashes);
  const { body: tree } = await clients.engine
    .buildMerkleTree({ body: { session_id: document._id, chunk_hashes } })
    .catch((error: unknown) => {
      const isConflict = error instanceof ServiceError && error.code === TREE_CONFLICT;
      throw isConflict ? errors.ROOT_MISMATCH({ cause: error }) : error;
    });
  if (tree.root_hash !== merkle_root)
    throw errors.ROOT_MISMATCH({ details: { pipeline: merkle_root, engine: tree.root_hash } });
  return { change: { merkle_root, stages: completeStage(document.stages, 'merkle_build') }, pauseMs: 0 };
};
