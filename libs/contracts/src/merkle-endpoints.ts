import { MAX_LEAVES } from '@lucid/merkle';
import { Type } from 'typebox';
import { MerkleTree, MerkleValidation, PathEntry } from './blockchain-types.ts';
import type { Endpoint } from './endpoint.ts';
import { Count, Hash, Strict, Uuid } from './schemas.ts';

const TreeRef = Strict({ tree: Type.String({ pattern: '^([0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27})$' }) });

/** As many hashes as a tree can have, each with quotes and a comma. */
const TREE_BODY_BYTES = MAX_LEAVES * 68;

/** Literal paths stand before those with parameters. */
export const merkleEndpoints = {
  buildMerkleTree: {
    method: 'POST',
    path: '/api/v1/merkle/build',
    summary: 'Build and keep the tree of a session. Idempotent on session and hashes.',
    access: 'service',
    idempotent: true,
    body: Strict({
      session_id: Uuid,
      chunk_hashes: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1_200_000 }),
    }),
    bodyLimitBytes: TREE_BODY_BYTES,
    replies: { 201: MerkleTree, 200: MerkleTree },
  },
  verifyMerkleProof: {
    method: 'POST',
    path: '/api/v1/merkle/verify',
    summary: 'Does the path lead from the leaf to the root?',
    access: 'user_or_service',
    idempotent: true,
    body: Strict({
      root_hash: Hash,
      leaf_hash: Hash,
      leaf_index: Count,
      leaf_count: Type.Integer({ minimum: 1, maximum: MAX_LEAVES }),
      proof_path: Type.Array(PathEntry, { maxItems: 20 }),
    }),
    replies: { 200: Strict({ verified: Type.Boolean(), verification_time_ms: Type.Number({ minimum: 0 }) }) },
  },
  validateMerkleTree: {
    method: 'GET',
    path: '/api/v1/merkle/validation/:session_id',
    summary: 'Do the kept leaves of a session’s tree still give its root, and do proofs from them hold?',
    access: 'admin_or_service',
    params: Strict({ session_id: Uuid }),
    replies: { 200: MerkleValidation },
  },
  getMerkleTree: {
    method: 'GET',
    path: '/api/v1/merkle/:tree',
    summary: 'A tree by its id or root; of several with one root, the newest.',
    access: 'user_or_service',
    params: TreeRef,
    replies: { 200: MerkleTree },
  },
  getMerkleProof: {
    method: 'GET',
    path: '/api/v1/merkle/:tree/proof/:leaf_index',
    summary: 'The path from a leaf to the root.',
    access: 'user_or_service',
    params: Strict({
      tree: Type.String({ maxLength: 64 }),
      leaf_index: Type.Integer({ minimum: 0, maximum: MAX_LEAVES }),
    }),
    replies: {
      200: Strict({
        root_hash: Hash,
        leaf_hash: Hash,
        leaf_index: Count,
        leaf_count: Count,
        proof_path: Type.Array(PathEntry),
      }),
    },
  },
} as const satisfies Record<string, Endpoint>;
