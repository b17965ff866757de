import { Block, SignedHeader, Transaction } from '@lucid/ledger';
import { type Static, Type } from 'typebox';
import { Count, Hash, OneOf, PublicKey, Strict, Timestamp, Uuid } from './schemas.ts';

/** A block without its transactions. */
export const BlockSummary = Strict({
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

/** A transaction and what became of it. */
export const TransactionRecord = Strict({
  transaction: Transaction,
  tx_hash: Hash,
  status: OneOf(['pending', 'confirmed', 'dropped']),
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
