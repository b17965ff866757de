import type { TransactionRecord } from '@lucid/contracts';
import { canonicalJson, type Transaction, type TransactionType } from '@lucid/ledger';
import { type Priority, priorityOf } from './priority.ts';

/**
 * ```
 *            in a block
 * pending ──────────────▶ confirmed
 *    │ │                      ▲
 *    │ └─ no longer valid ─▶ failed     (a block that holds it all the same has the last word)
 *    └─── expired ─────────▶ dropped
 * ```
 * pending: waits in the mempool. confirmed: stands in a block, for good. failed: did not hold when its block was made.
 * dropped: no block took it in time. The last two say why.
 */
export type TransactionStatus = TransactionRecord['status'];

/**
 * A transaction as it is kept. `text` is its canonical JSON: what a stranger wrote into `data` is never read as BSON or as
 * an operator, and comes back byte for byte.
 */
export interface TransactionDocument {
  _id: string;
  type: TransactionType;
  tx_hash: string;
  text: string;
  status: TransactionStatus;
  submitted_at: string;
  confirmed_at?: string;
  block_height?: number;
  block_hash?: string;
  reason?: string;
}

/** A place in the queue; small, so that a block can be planned without reading what is in the transactions. */
export interface MempoolEntry {
  _id: string;
  priority: Priority;
  received_at_ms: number;
  /** Order within one millisecond. */
  sequence: number;
  /** Of the canonical text. */
  size_bytes: number;
}

export function toTransactionDocument(
  transaction: Transaction,
  tx_hash: string,
  submitted_at: string,
): TransactionDocument {
  const { tx_id, type } = transaction;
  return { _id: tx_id, type, tx_hash, text: canonicalJson(transaction), status: 'pending', submitted_at };
}

export function toMempoolEntry(
  document: TransactionDocument,
  received_at_ms: number,
  sequence: number,
): MempoolEntry {
  return {
    _id: document._id,
    priority: priorityOf(document.type),
    received_at_ms,
    sequence,
    size_bytes: Buffer.byteLength(document.text),
  };
}

/** @throws SyntaxError when the store was damaged */
export const transactionOf = ({ text }: Pick<TransactionDocument, 'text'>): Transaction =>
  JSON.parse(text) as Transaction;

export function toTransactionRecord(document: TransactionDocument): TransactionRecord {
  const { _id: _tx_id, type: _type, text: _text, ...known } = document;
  return { transaction: transactionOf(document), ...known };
}
