import type { Transaction } from '@lucid/ledger';
import type { AnchoringStatus } from './anchoring-state.ts';

/** The transaction of a delivery, kept before it is sent for the first time. */
export interface KeptTransaction {
  /** Stays when the transaction is signed anew, so that the engine can never hold two of them. */
  tx_id: string;
  tx_hash: string;
  signed_at_ms: number;
  /** Canonical JSON. */
  text: string;
}

/** Something on its way to the chain: an anchor or a checkpoint. States and moves are the same for both. */
export interface Delivery {
  _id: string;
  status: AnchoringStatus;
  finalized: boolean;
  submitted_at: string;
  expires_at_ms: number;
  /** Not claimed yet: waits for others to go out with. */
  gathering?: true;
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

/** What no block took within a day will not be put on the chain any more. */
export const EXPIRY_MS = 24 * 3_600_000;

/** @param gatherMs how long it may wait for others to go out with */
export const newDelivery = (nowMs: number, gatherMs: number): Omit<Delivery, '_id'> => ({
  status: 'pending',
  finalized: false,
  submitted_at: new Date(nowMs).toISOString(),
  expires_at_ms: nowMs + EXPIRY_MS,
  gathering: true,
  attempts: 0,
  failures: 0,
  refusals: 0,
  due_at_ms: nowMs + gatherMs,
  lease: null,
});

/** What of a delivery anybody may see. */
export function shownOf({ transaction, confirmed_at, block_height, block_hash, error }: Delivery) {
  return {
    ...(transaction === undefined ? {} : { transaction_id: transaction.tx_id }),
    ...(confirmed_at === undefined ? {} : { confirmed_at }),
    ...(block_height === undefined ? {} : { block_height }),
    ...(block_hash === undefined ? {} : { block_hash }),
    ...(error === undefined ? {} : { error }),
  };
}

export const transactionOf = ({ text }: KeptTransaction): Transaction => JSON.parse(text) as Transaction;
