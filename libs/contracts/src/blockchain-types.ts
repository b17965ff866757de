import { Block, Certificate, SignedHeader, Transaction } from '@lucid/ledger';
import { type Static, Type } from 'typebox';
import { Count, Hash, OneOf, PublicKey, Strict, Timestamp, Uuid } from './schemas.ts';

/** The hash of a block, or the UUID (version 8) that follows from it. */
export const BlockRef = Type.String({
  pattern: '^([0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12})$',
});

/** A block without its transactions. */
export const BlockSummary = Strict({
  block_id: Uuid,
  hash: Hash,
  height: Count,
  previous_hash: Hash,
  merkle_root: Hash,
  timestamp: Timestamp,
  transaction_count: Count,
  block_size_bytes: Count,
  validator: Type.String(),
  slot: Count,
  epoch: Count,
  status: OneOf(['confirmed']),
});
export type BlockSummary = Static<typeof BlockSummary>;

/** `failed`: did not hold when its block was made. `dropped`: no block took it in time. */
export const TransactionStatus = OneOf(['pending', 'confirmed', 'failed', 'dropped']);

/** A transaction and what became of it. */
export const TransactionRecord = Strict({
  transaction: Transaction,
  tx_hash: Hash,
  status: TransactionStatus,
  submitted_at: Timestamp,
  confirmed_at: Type.Optional(Timestamp),
  block_height: Type.Optional(Count),
  block_hash: Type.Optional(Hash),
  transaction_index: Type.Optional(Count),
  reason: Type.Optional(Type.String()),
});
export type TransactionRecord = Static<typeof TransactionRecord>;

export const PathEntry = Strict({ hash: Hash, position: OneOf(['left', 'right']) });

/** Everything that shows offline that a transaction stands in a block of this chain. */
export const TransactionProof = Strict({
  transaction: Transaction,
  tx_hash: Hash,
  transaction_index: Count,
  transaction_count: Count,
  proof_path: Type.Array(PathEntry),
  block: SignedHeader,
  validator_public_key: PublicKey,
  /** The votes of more than two thirds of the validators for this block. */
  certificate: Certificate,
  genesis: Block,
});
export type TransactionProof = Static<typeof TransactionProof>;

export const MerkleTree = Strict({
  tree_id: Uuid,
  session_id: Uuid,
  root_hash: Hash,
  tree_height: Count,
  leaf_count: Count,
  hash_algorithm: OneOf(['sha256']),
  created_at: Timestamp,
});
export type MerkleTree = Static<typeof MerkleTree>;

/** A tree as it is kept now. */
export const MerkleValidation = Strict({
  session_id: Uuid,
  tree_id: Uuid,
  root_hash: Hash,
  status: OneOf(['validated', 'failed']),
  /** The leaves are there, as many as the record says. */
  structure_valid: Type.Boolean(),
  /** They give the root. */
  hash_consistency: Type.Boolean(),
  /** Proofs of the first, the last and some other leaves hold. */
  proof_verification: Type.Boolean(),
});
export type MerkleValidation = Static<typeof MerkleValidation>;

/** A block that does not hold, as it was found. */
export const QuarantinedBlock = Strict({
  height: Count,
  hash: Type.Optional(Hash),
  reason: Type.String(),
  source: OneOf(['scan', 'peer', 'start']),
  found_at: Timestamp,
  /** Since when the chain has a whole block there. */
  repaired_at: Type.Optional(Timestamp),
});
export type QuarantinedBlock = Static<typeof QuarantinedBlock>;

/** How far the scan of all kept blocks is, and what it has found. */
export const IntegrityReport = Strict({
  status: OneOf(['whole', 'damaged', 'unknown']),
  /** Next height to look at, and the tip when the round began. */
  next_height: Count,
  up_to_height: Count,
  rounds_completed: Count,
  blocks_checked: Count,
  transactions_checked: Count,
  last_round_completed_at: Type.Optional(Timestamp),
  quarantined_total: Count,
  quarantined: Type.Array(QuarantinedBlock, { maxItems: 100 }),
});
export type IntegrityReport = Static<typeof IntegrityReport>;
