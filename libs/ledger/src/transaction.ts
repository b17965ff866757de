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

/**
 * What a `session_anchor` says of a session. `owner_ref` is a hash; nothing personal goes on the chain, so nothing else
 * is allowed in. `manifest_public_key`, when present, pins who may have signed the manifest.
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
  },
  { additionalProperties: false },
);
export type SessionAnchorData = Static<typeof SessionAnchorData>;

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
