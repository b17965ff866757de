import { Block, MAX_BLOCK_BYTES, Transaction } from '@lucid/ledger';
import { Type } from 'typebox';
import {
  BlockSummary,
  MerkleTree,
  PathEntry,
  TransactionProof,
  TransactionRecord,
} from './blockchain-types.ts';
import { contract } from './endpoint.ts';
import { AnyObject, Count, Hash, OneOf, PageQuery, Pagination, Strict, Timestamp, Uuid } from './schemas.ts';
import { LIMITS } from './session-types.ts';

/** The largest block that a genesis block may allow, with spaces and escapes to spare. */
const BLOCK_BODY_BYTES = 2 * MAX_BLOCK_BYTES;

const Accepted = Strict({
  tx_id: Uuid,
  status: OneOf(['pending', 'confirmed']),
  submitted_at: Timestamp,
  estimated_confirmation_time: Timestamp,
});
const TreeRef = Strict({ tree: Type.String({ pattern: '^([0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27})$' }) });

export const blockchainEngine = contract('lucid-blockchain-engine', 'Blockchain engine', {
  chainInfo: {
    method: 'GET',
    path: '/api/v1/blockchain/info',
    summary: 'What chain this is.',
    access: 'public',
    replies: {
      200: Strict({
        network_name: Type.String(),
        version: Type.String(),
        consensus_algorithm: Type.String(),
        block_time_seconds: Count,
        current_height: Count,
        genesis_block: Hash,
        total_transactions: Count,
        network_hash_rate: Type.Number(),
        difficulty: Type.Number(),
      }),
    },
  },
  chainStatus: {
    method: 'GET',
    path: '/api/v1/blockchain/status',
    summary: 'Does the chain grow?',
    access: 'public',
    replies: {
      200: Strict({
        status: OneOf(['healthy', 'syncing', 'error']),
        current_height: Count,
        network_height: Count,
        sync_percentage: Type.Number({ minimum: 0, maximum: 100 }),
        last_block_time: Timestamp,
        peer_count: Count,
        consensus_participants: Count,
        block_production_rate: Type.Number({ minimum: 0 }),
        mempool_size: Count,
      }),
    },
  },
  listBlocks: {
    method: 'GET',
    path: '/api/v1/blocks',
    summary: 'Blocks, newest first unless sorted otherwise.',
    access: 'user_or_service',
    query: Strict({
      ...PageQuery,
      height_from: Type.Optional(Count),
      height_to: Type.Optional(Count),
      sort: Type.Optional(OneOf(['height_asc', 'height_desc'])),
    }),
    replies: { 200: Strict({ blocks: Type.Array(BlockSummary), pagination: Pagination }) },
  },
  latestBlock: {
    method: 'GET',
    path: '/api/v1/blocks/latest',
    summary: 'The tip.',
    access: 'user_or_service',
    replies: { 200: Block },
  },
  blockAtHeight: {
    method: 'GET',
    path: '/api/v1/blocks/height/:height',
    summary: 'The block at a height.',
    access: 'user_or_service',
    params: Strict({ height: Count }),
    replies: { 200: Block },
  },
  blockByHash: {
    method: 'GET',
    path: '/api/v1/blocks/:hash',
    summary: 'A block by its hash.',
    access: 'user_or_service',
    params: Strict({ hash: Hash }),
    replies: { 200: Block },
  },
  submitBlock: {
    method: 'POST',
    path: '/api/v1/blocks',
    summary: 'Offer a block; the leader of the slot only.',
    access: 'service',
    body: Block,
    bodyLimitBytes: BLOCK_BODY_BYTES,
    replies: { 201: BlockSummary },
  },
  validateBlock: {
    method: 'POST',
    path: '/api/v1/blocks/validate',
    summary: 'Check a block against the chain without taking it.',
    access: 'admin',
    idempotent: true,
    body: Block,
    bodyLimitBytes: BLOCK_BODY_BYTES,
    replies: {
      200: Strict({
        valid: Type.Boolean(),
        validation_results: Type.Record(Type.String(), Type.Boolean()),
        errors: Type.Array(AnyObject),
        validation_time_ms: Type.Number({ minimum: 0 }),
      }),
    },
  },
  listTransactions: {
    method: 'GET',
    path: '/api/v1/transactions',
    summary: 'Transactions, newest first.',
    access: 'user_or_service',
    query: Strict({
      ...PageQuery,
      type: Type.Optional(OneOf(['session_anchor', 'data_storage', 'consensus_vote', 'system'])),
      status: Type.Optional(OneOf(['pending', 'confirmed', 'dropped'])),
    }),
    replies: { 200: Strict({ transactions: Type.Array(TransactionRecord), pagination: Pagination }) },
  },
  pendingTransactions: {
    method: 'GET',
    path: '/api/v1/transactions/pending',
    summary: 'The mempool, oldest first.',
    access: 'user_or_service',
    query: Strict({ limit: PageQuery.limit }),
    replies: { 200: Strict({ transactions: Type.Array(TransactionRecord), count: Count }) },
  },
  getTransaction: {
    method: 'GET',
    path: '/api/v1/transactions/:tx_id',
    summary: 'One transaction.',
    access: 'user_or_service',
    params: Strict({ tx_id: Uuid }),
    replies: { 200: TransactionRecord },
  },
  getTransactionProof: {
    method: 'GET',
    path: '/api/v1/transactions/:tx_id/proof',
    summary: 'Path, header, signature and genesis: the transaction’s place on the chain, provable offline.',
    access: 'user_or_service',
    params: Strict({ tx_id: Uuid }),
    replies: { 200: TransactionProof },
  },
  submitTransaction: {
    method: 'POST',
    path: '/api/v1/transactions',
    summary: 'Hand in a signed transaction. Idempotent on tx_id.',
    access: 'service',
    idempotent: true,
    body: Transaction,
    replies: { 202: Accepted },
  },
  submitBatch: {
    method: 'POST',
    path: '/api/v1/transactions/batch',
    summary: 'Hand in up to 100 signed transactions; each is judged by itself.',
    access: 'service',
    idempotent: true,
    body: Strict({ transactions: Type.Array(Transaction, { minItems: 1, maxItems: 100 }) }),
    bodyLimitBytes: 16 * 1024 * 1024,
    replies: {
      202: Strict({
        batch_id: Uuid,
        submitted_count: Count,
        failed_count: Count,
        transaction_ids: Type.Array(Uuid),
        errors: Type.Array(Strict({ tx_id: Uuid, code: Type.String(), message: Type.String() })),
      }),
    },
  },
  buildMerkleTree: {
    method: 'POST',
    path: '/api/v1/merkle/build',
    summary: 'Build and keep the tree of a session. Idempotent on session and hashes.',
    access: 'service',
    idempotent: true,
    body: Strict({
      session_id: Uuid,
      chunk_hashes: Type.Array(Hash, { minItems: 1, maxItems: LIMITS.maxChunks }),
    }),
    bodyLimitBytes: 16 * 1024 * 1024,
    replies: { 201: MerkleTree, 200: MerkleTree },
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
      leaf_index: Type.Integer({ minimum: 0, maximum: LIMITS.maxChunks }),
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
      leaf_count: Type.Integer({ minimum: 1, maximum: 1_048_576 }),
      proof_path: Type.Array(PathEntry, { maxItems: 20 }),
    }),
    replies: { 200: Strict({ verified: Type.Boolean(), verification_time_ms: Type.Number({ minimum: 0 }) }) },
  },
  consensusStatus: {
    method: 'GET',
    path: '/api/v1/consensus/status',
    summary: 'Slot, epoch and leader.',
    access: 'user_or_service',
    replies: {
      200: Strict({
        status: OneOf(['active', 'error']),
        mode: OneOf(['bootstrap']),
        slot: Count,
        epoch: Count,
        leader: Type.String(),
        participants_count: Count,
        consensus_algorithm: Type.String(),
      }),
    },
  },
});
