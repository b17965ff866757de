// Judges a transaction; used at submission, before it enters a block, and when a block comes in.
import { Compile } from 'typebox/compile';
import { verifyHash } from './ed25519.ts';
import { LedgerError } from './ledger-error.ts';
import { timestampMs } from './primitives.ts';
import { SESSION_CHECKPOINT, SessionAnchorData, SessionCheckpointData, Transaction } from './transaction.ts';
import { digestOf, type TransactionDigest } from './transaction-digest.ts';

/** Of the canonical text of `data`, in UTF-8. */
export const MAX_DATA_BYTES = 100 * 1024;
export const MAX_AGE_AT_SUBMISSION_MS = 60 * 60 * 1000;
/** How far the clocks of two nodes may differ for a transaction. */
export const MAX_TRANSACTION_LEAD_MS = 5 * 60 * 1000;

export type TransactionFaultCode =
  | 'structure'
  | 'not_canonical'
  | 'data_too_large'
  | 'data'
  | 'timestamp'
  | 'signature'
  | 'too_old'
  | 'too_new';

export interface TransactionFault {
  readonly fault: TransactionFaultCode;
  readonly detail: string;
}

export interface TransactionVerdict {
  readonly valid: boolean;
  /** Present when there was something to hash. */
  readonly txHash?: string;
  readonly faults: readonly TransactionFault[];
}

const transactionShape = Compile(Transaction);
const anchorShape = Compile(SessionAnchorData);
const checkpointShape = Compile(SessionCheckpointData);

/** The shape that data of this type and kind must have; undefined where anything goes. */
function shapeOfData({ type, data }: Transaction) {
  if (type === 'session_anchor') return anchorShape;
  return type === 'data_storage' && data.kind === SESSION_CHECKPOINT ? checkpointShape : undefined;
}

/** What was found out before, elsewhere, about exactly this transaction. */
export interface KnownOfTransaction {
  readonly digest?: TransactionDigest | undefined;
  /** Whether its signature is that of its key over its hash. */
  readonly isSigned?: boolean | undefined;
}

/** Everything about a transaction that does not depend on time. Takes anything, throws nothing. */
export function verifyTransaction(candidate: unknown, known: KnownOfTransaction = {}): TransactionVerdict {
  if (!transactionShape.Check(candidate)) {
    return {
      valid: false,
      faults: [{ fault: 'structure', detail: firstError(transactionShape.Errors(candidate)) }],
    };
  }
  const faults: TransactionFault[] = [];
  let digest: TransactionDigest;
  try {
    digest = known.digest ?? digestOf(candidate);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { valid: false, faults: [{ fault: 'not_canonical', detail: error.message }] };
  }
  const { txHash, dataBytes } = digest;
  if (dataBytes > MAX_DATA_BYTES) {
    faults.push({
      fault: 'data_too_large',
      detail: `data has ${dataBytes} bytes, at most ${MAX_DATA_BYTES}`,
    });
  }
  const shape = shapeOfData(candidate);
  if (shape && !shape.Check(candidate.data)) {
    faults.push({ fault: 'data', detail: firstError(shape.Errors(candidate.data)) });
  }
  if (timestampMs(candidate.timestamp) === undefined) {
    faults.push({ fault: 'timestamp', detail: `${candidate.timestamp} is no day of the calendar` });
  }
  if (!(known.isSigned ?? verifyHash(txHash, candidate.signature, candidate.public_key))) {
    faults.push({ fault: 'signature', detail: 'the signature is not that of public_key over tx_hash' });
  }
  return { valid: faults.length === 0, txHash, faults };
}

/** `verifyTransaction` plus age: at most one hour old and five minutes ahead of `nowMs` when it is submitted. */
export function verifySubmission(
  candidate: unknown,
  nowMs: number,
  known: KnownOfTransaction = {},
): TransactionVerdict {
  const verdict = verifyTransaction(candidate, known);
  if (!verdict.valid || !transactionShape.Check(candidate)) return verdict;
  const ageMs = nowMs - (timestampMs(candidate.timestamp) ?? Number.NaN);
  const fault =
    ageMs > MAX_AGE_AT_SUBMISSION_MS ? 'too_old' : ageMs < -MAX_TRANSACTION_LEAD_MS ? 'too_new' : undefined;
  if (!fault) return verdict;
  return { ...verdict, valid: false, faults: [{ fault, detail: `timestamp is ${ageMs} ms before now` }] };
}

/** `/path must …` of the first schema error, for details that people read. */
export function firstError(errors: readonly { instancePath: string; message: string }[]): string {
  const [error] = errors;
  return error ? `${error.instancePath || '/'} ${error.message}` : 'does not fit the schema';
}
