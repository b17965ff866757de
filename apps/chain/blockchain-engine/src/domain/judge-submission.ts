import type { ServiceError } from '@lucid/errors';
import {
  type KnownOfTransaction,
  MAX_TRANSACTION_LEAD_MS,
  slotAt,
  type Transaction,
  type TransactionFaultCode,
  timestampMs,
  verifySubmission,
  verifyTransaction,
} from '@lucid/ledger';
import type { PootState } from '@lucid/poot';
import { errors } from '../errors.ts';

export type Submission = { txHash: string } | { refusal: ServiceError };

export interface SubmissionRules {
  nowMs: number;
  /** Judges system transactions; needed where there is one. */
  ranking?: Pick<PootState, 'judgeSystemTransaction'> | undefined;
  /** Another validator passes it on: it was young when it was handed in there. @default false */
  isForwarded?: boolean;
  /** What was found out before about exactly this transaction. */
  known?: KnownOfTransaction | undefined;
}

const AGE: ReadonlySet<TransactionFaultCode> = new Set(['too_old', 'too_new', 'timestamp']);

/** Judges what a caller hands in. */
export function judgeSubmission(transaction: Transaction, rules: SubmissionRules): Submission {
  const { valid, txHash, faults } = judgeForm(transaction, rules);
  if (valid && txHash !== undefined) {
    const refusal = transaction.type === 'system' ? systemRefusal(transaction, rules) : undefined;
    return refusal ? { refusal } : { txHash };
  }
  const codes = faults.map(({ fault }) => fault);
  const details = { faults: faults.map(({ fault, detail }) => ({ fault, detail })) };
  if (codes.every((code) => AGE.has(code))) return { refusal: errors.TRANSACTION_AGE({ details }) };
  if (codes.every((code) => code === 'signature'))
    return { refusal: errors.TRANSACTION_SIGNATURE({ details }) };
  return { refusal: errors.TRANSACTION_INVALID({ details }) };
}

/** What is passed on may have waited for a day elsewhere; it is from the future nowhere. */
function judgeForm(transaction: Transaction, { nowMs, isForwarded = false, known }: SubmissionRules) {
  if (!isForwarded) return verifySubmission(transaction, nowMs, known);
  const verdict = verifyTransaction(transaction, known);
  const leadMs = (timestampMs(transaction.timestamp) ?? Number.NaN) - nowMs;
  if (!verdict.valid || leadMs <= MAX_TRANSACTION_LEAD_MS) return verdict;
  const detail = `timestamp is ${leadMs} ms ahead`;
  return { ...verdict, valid: false, faults: [{ fault: 'too_new' as const, detail }] };
}

function systemRefusal(
  transaction: Transaction,
  { nowMs, ranking }: SubmissionRules,
): ServiceError | undefined {
  const verdict = ranking?.judgeSystemTransaction(transaction, slotAt(nowMs));
  if (!verdict) throw new Error('a system transaction is judged without a ranking');
  if (verdict.valid) return undefined;
  const details = { fault: verdict.fault, detail: verdict.detail };
  switch (verdict.fault) {
    case 'proof_repeated':
    case 'node_known':
      return errors.PROOF_KNOWN({ details });
    case 'not_a_validator':
      return errors.TYPE_NOT_PERMITTED({ details });
    default:
      return errors.PROOF_INVALID({ details });
  }
}
