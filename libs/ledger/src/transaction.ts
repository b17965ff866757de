// Transactions: what is written on the chain, by whom, and whether that holds.
import { type Static, Type } from 'typebox';
import { canonicalHash } from './canonical-json.ts';
import { type SigningKey, signHash } from './ed25519.ts';
import { Count, HashHex, PublicKeyHex, SignatureHex, Timestamp, Uuid } from './primitives.ts';

export const TransactionType = Type.Union([
  Type.Literal('session_anchor'),
  Type.Literal('data_storage'),
  Type.Literal('consensus_vote'),
  Type.Literal('system'),
]);
export type TransactionType = Static<typeof TransactionType>;

/** One entry of a block. `tx_hash` is not part of it: it is always computed. */
export const Transaction = Type.Object(
  {
    tx_id: Uuid,
    type: TransactionType,
    data: Type.Record(Type.String(), Type.Unknown()),
    public_key: PublicKeyHex,
    timestamp: Timestamp,
    signature: SignatureHex,
  },
  { additionalProperties: false },
);
export type Transaction = Static<typeof Transaction>;
export type UnsignedTransaction = Omit<Transaction, 'signature'>;

/** What a session's checkpoints come to: how many were put on the chain, and the tx_hash of the last one. */
export const CheckpointSummary = Type.Object(
  { count: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), last: HashHex },
  { additionalProperties: false },
);
export type CheckpointSummary = Static<typeof CheckpointSummary>;

/**
 * What a `session_anchor` says of a session. `owner_ref` is a hash; nothing personal goes on the chain, so nothing else
 * is allowed in. `manifest_public_key`, when present, pins who may have signed the manifest; `checkpoints` the
 * evidence that was written while it was recorded.
 */
export const SessionAnchorData = Type.Object(
  {
    session_id: Uuid,
    merkle_root: HashHex,
    manifest_hash: HashHex,
    chunk_count: Count,
    total_size: Count,
    owner_ref: HashHex,
    created_at: Timestamp,
    manifest_public_key: Type.Optional(PublicKeyHex),
    checkpoints: Type.Optional(CheckpointSummary),
  },
  { additionalProperties: false },
);
export type SessionAnchorData = Static<typeof SessionAnchorData>;

/** `kind` of a `data_storage` transaction that is a checkpoint; data of this kind is held to `SessionCheckpointData`. */
export const SESSION_CHECKPOINT = 'session_checkpoint';

/**
 * What is stored of a session while it is still recorded: the root over its first `chunk_count` chunks (64 zeros for
 * none). `sequence` counts from 1; `previous` is the tx_hash of the checkpoint before, 64 zeros for the first.
 */
export const SessionCheckpointData = Type.Object(
  {
    kind: Type.Literal(SESSION_CHECKPOINT),
    session_id: Uuid,
    sequence: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    chunk_count: Count,
    merkle_root: HashHex,
    /** Bytes of the chunk files. */
    total_size: Count,
    previous: HashHex,
    owner_ref: HashHex,
    recorded_at: Timestamp,
  },
  { additionalProperties: false },
);
export type SessionCheckpointData = Static<typeof SessionCheckpointData>;

/** tx_hash = SHA-256(canonical {tx_id, type, data, public_key, timestamp}), 64 hex. */
export function txHash({ tx_id, type, data, public_key, timestamp }: UnsignedTransaction): string {
  return canonicalHash({ tx_id, type, data, public_key, timestamp });
}

/** The transaction with the key's public half and its signature over the raw tx_hash. */
export function signTransaction(
  draft: Omit<UnsignedTransaction, 'public_key'>,
  key: SigningKey,
): Transaction {
  const { tx_id, type, data, timestamp } = draft;
  const unsigned = { tx_id, type, data, public_key: key.publicKey, timestamp };
  return { ...unsigned, signature: signHash(txHash(unsigned), key) };
}
