import type { ServiceError } from '@lucid/errors';
import { type Transaction, type TransactionFaultCode, verifySubmission } from '@lucid/ledger';
import { errors } from '../errors.ts';

export type Submission = { txHash: string } | { refusal: ServiceError };

const AGE: ReadonlySet<TransactionFaultCode> = new Set(['too_old', 'too_new', 'timestamp']);

/** Judges what a caller hands in. @param isValidator whether a public key may sign system transactions */
export function judgeSubmission(
  transaction: Transaction,
  nowMs: number,
  isValidator: (publicKey: string) => boolean,
): Submission {
  const { valid, txHash, faults } = verifySubmission(transaction, nowMs);
  if (valid && txHash !== undefined) {
    const isPermitted = transaction.type !== 'system' || isValidator(transaction.public_key);
    return isPermitted ? { txHash } : { refusal: errors.TYPE_NOT_PERMITTED() };
  }
  const codes = faults.map(({ fault }) => fault);
  const details = { faults: faults.map(({ fault, detail }) => ({ fault, detail })) };
  if (codes.every((code) => AGE.has(code))) return { refusal: errors.TRANSACTION_AGE({ details }) };
  if (codes.every((code) => code === 'signature'))
    return { refusal: errors.TRANSACTION_SIGNATURE({ details }) };
  return { refusal: errors.TRANSACTION_INVALID({ details }) };
}
