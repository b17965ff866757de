import {
  canonicalJson,
  type SessionAnchorData,
  type SigningKey,
  signTransaction,
  type TransactionType,
  timestampOf,
  txHash,
} from '@lucid/ledger';
import type { AnchoringDocument } from './anchoring-document.ts';
import type { KeptTransaction } from './delivery.ts';

/** What the chain says of a session. The user is not in it. */
export function anchorData(document: AnchoringDocument): SessionAnchorData {
  const { _id, owner_ref, merkle_root, manifest_hash, manifest_public_key } = document;
  const { chunk_count, total_size, created_at, checkpoints } = document;
  return {
    session_id: _id,
    merkle_root,
    manifest_hash,
    manifest_public_key,
    chunk_count,
    total_size,
    owner_ref,
    created_at,
    ...(checkpoints === undefined ? {} : { checkpoints }),
  };
}

export interface Saying {
  type: TransactionType;
  data: Record<string, unknown>;
}

/** @param tx_id new for the first signature, the same for every later one of the same transaction */
export function signSaying(
  { type, data }: Saying,
  tx_id: string,
  nowMs: number,
  key: SigningKey,
): KeptTransaction {
  const transaction = signTransaction({ tx_id, type, data, timestamp: timestampOf(nowMs) }, key);
  return { tx_id, tx_hash: txHash(transaction), signed_at_ms: nowMs, text: canonicalJson(transaction) };
}
