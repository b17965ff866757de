import type { Anchoring } from '@lucid/contracts';
import type { Transaction } from '@lucid/ledger';
import type { AnchoringStatus } from './anchoring-state.ts';

/** The transaction of an anchoring, kept before it is sent for the first time. */
export interface KeptTransaction {
  /** Stays when the transaction is signed anew, so that the engine can never hold two of them. */
  tx_id: string;
  tx_hash: string;
  signed_at_ms: number;
  /** Canonical JSON. */
  text: string;
}

/** An anchoring as it is kept; `_id` is the session. */
export interface AnchoringDocument {
  _id: string;
  anchoring_id: string;
  /** Never on the chain. */
  user_id: string;
  /** Names nobody; taken as the manifest has it. */
  owner_ref: string;
  status: AnchoringStatus;
  finalized: boolean;
  merkle_root: string;
  manifest_hash: string;
  manifest_public_key: string;
  chunk_count: number;
  total_size: number;
  /** When the manifest was made. */
  created_at: string;
  submitted_at: string;
  expires_at_ms: number;
  transaction?: KeptTransaction;
  /** When the engine last took it; absent while it has to be sent. */
  delivered_at_ms?: number;
  confirmed_at?: string;
  block_height?: number;
  block_hash?: string;
  error?: string;
  /** Times the transaction was sent. */
  attempts: number;
  /** Failures in a row, for the pause before the next turn. */
  failures: number;
  /** Times the engine refused or dropped the transaction. */
  refusals: number;
  /** Milliseconds since 1970; null when there is nothing left to do. */
  due_at_ms: number | null;
  lease: { token: string; expires_at_ms: number } | null;
}

export type AnchoringRequest = Pick<
  AnchoringDocument,
  | 'user_id'
  | 'owner_ref'
  | 'merkle_root'
  | 'manifest_hash'
  | 'manifest_public_key'
  | 'chunk_count'
  | 'total_size'
  | 'created_at'
> & { session_id: string };

/** A request that no block took within a day will not be anchored any more. */
export const EXPIRY_MS = 24 * 3_600_000;

export function newAnchoring(
  request: AnchoringRequest,
  anchoring_id: string,
  nowMs: number,
): AnchoringDocument {
  const { session_id, ...asked } = request;
  return {
    _id: session_id,
    anchoring_id,
    ...asked,
    status: 'pending',
    finalized: false,
    submitted_at: new Date(nowMs).toISOString(),
    expires_at_ms: nowMs + EXPIRY_MS,
    attempts: 0,
    failures: 0,
    refusals: 0,
    due_at_ms: nowMs,
    lease: null,
  };
}

/** What differs between what was asked before and what is asked now; empty for the same request. */
export function differences(kept: AnchoringDocument, request: AnchoringRequest): string[] {
  const compared = ['user_id', 'owner_ref', 'merkle_root', 'manifest_hash', 'manifest_public_key'] as const;
  return compared.filter((name) => kept[name] !== request[name]);
}

/** What the contract shows of it. */
export function toAnchoring(document: AnchoringDocument): Anchoring {
  const { _id, anchoring_id, user_id, status, finalized, merkle_root, manifest_hash } = document;
  const { chunk_count, total_size, submitted_at, attempts } = document;
  const { transaction, confirmed_at, block_height, block_hash, error } = document;
  return {
    anchoring_id,
    session_id: _id,
    user_id,
    status,
    finalized,
    merkle_root,
    manifest_hash,
    chunk_count,
    total_size,
    submitted_at,
    attempts,
    ...(transaction === undefined ? {} : { transaction_id: transaction.tx_id }),
    ...(confirmed_at === undefined ? {} : { confirmed_at }),
    ...(block_height === undefined ? {} : { block_height }),
    ...(block_hash === undefined ? {} : { block_hash }),
    ...(error === undefined ? {} : { error }),
  };
}

export const transactionOf = ({ text }: KeptTransaction): Transaction => JSON.parse(text) as Transaction;
