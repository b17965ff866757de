import { isoTime } from '@lucid/clock';
import type { blockchainEngine } from '@lucid/contracts';
import { verifyProof } from '@lucid/merkle';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import { validateTree } from './adapters/validate-tree.ts';
import { packHashes } from './domain/pack-hashes.ts';

type MerkleHandlers = Pick<
  Handlers<typeof blockchainEngine>,
  'buildMerkleTree' | 'getMerkleTree' | 'getMerkleProof' | 'verifyMerkleProof' | 'validateMerkleTree'
>;

export const merkleRoutes = (
  { trees, instruments, maxTreeHeight }: Deps,
  { clock }: ServiceContext,
): MerkleHandlers => {
  const count = (operation: string) => instruments.blockchain_merkle_operations_total.inc({ operation });
  return {
    buildMerkleTree: async ({ body }) => {
      const { tree, isNew } = await trees.build(
        body.session_id,
        packHashes(body.chunk_hashes, maxTreeHeight),
        isoTime(clock),
      );
      count('build');
      return new Reply(isNew ? 201 : 200, tree);
    },

    validateMerkleTree: async ({ params }) => {
      const validation = await validateTree(trees, params.session_id);
      count('validate');
      return validation;
    },

    getMerkleTree: ({ params }) => trees.find(params.tree),

    getMerkleProof: async ({ params }) => {
      const { proof_path, ...found } = await trees.proof(params.tree, params.leaf_index);
      count('proof');
      return { ...found, proof_path: [...proof_path] };
    },

    verifyMerkleProof: ({ body }) => {
      const startedMs = clock.monotonicMs();
      const { root_hash, ...candidate } = body;
      const verified = verifyProof(root_hash, candidate);
      count('verify');
      return { verified, verification_time_ms: clock.monotonicMs() - startedMs };
    },
  };
};
