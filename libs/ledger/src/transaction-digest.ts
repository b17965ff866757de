// Everything that follows from a transaction's canonical text, from one walk over it.
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Transaction, UnsignedTransaction } from './transaction.ts';

export interface TransactionDigest {
  /** 64 hex. */
  readonly txHash: string;
  /** Of the canonical text of `data`, in UTF-8. */
  readonly dataBytes: number;
  /** Of the canonical text of the whole transaction, signature included. */
  readonly sizeBytes: number;
}

/** What the signature adds: its name, 128 digits, and what stands around them. */
const SIGNATURE_MEMBER_BYTES = Buffer.byteLength(`"signature":"${'0'.repeat(128)}",`);

/**
 * Text that tx_hash is the SHA-256 of: canonical {data, public_key, timestamp, tx_id, type}, put together by hand so that
 * `data` is walked once. Throws `not_canonical`.
 */
function unsignedText(transaction: UnsignedTransaction, data: string): string {
  const { public_key, timestamp, tx_id, type } = transaction;
  const text = (value: string) => canonicalJson(value);
  return (
    `{"data":${data},"public_key":${text(public_key)},"timestamp":${text(timestamp)},` +
    `"tx_id":${text(tx_id)},"type":${text(type)}}`
  );
}

/** @throws LedgerError `not_canonical` */
export function digestOf(transaction: Transaction): TransactionDigest {
  const data = canonicalJson(transaction.data);
  const text = unsignedText(transaction, data);
  return {
    txHash: hash('sha256', text, 'hex'),
    dataBytes: Buffer.byteLength(data),
    sizeBytes: Buffer.byteLength(text) + SIGNATURE_MEMBER_BYTES,
  };
}
