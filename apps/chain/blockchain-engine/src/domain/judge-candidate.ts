import { type Transaction, verifyTransaction } from '@lucid/ledger';
import type { BlockJudge } from '@lucid/poot';
import { type TransactionDocument, transactionOf } from './transaction-document.ts';
import type { VerifiedTexts } from './verified-texts.ts';

export type Candidate = { transaction: Transaction; txHash: string } | { reason: string };

/**
 * Judges a kept transaction once more before it enters a block: the store may not hold what was handed in, and of two proofs
 * of the same work only the first holds. @param judge of the block, which has seen what stands before in it
 */
export function judgeCandidate(
  document: TransactionDocument,
  verifiedTexts: Pick<VerifiedTexts, 'txHashOf'>,
  judge: BlockJudge,
): Candidate {
  const candidate = judgeText(document, verifiedTexts);
  if ('reason' in candidate || candidate.transaction.type !== 'system') return candidate;
  const verdict = judge.judge(candidate.transaction);
  return verdict.valid ? candidate : { reason: `${verdict.fault}: ${verdict.detail}` };
}

function judgeText(document: TransactionDocument, verifiedTexts: Pick<VerifiedTexts, 'txHashOf'>): Candidate {
  let transaction: Transaction;
  try {
    transaction = transactionOf(document);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { reason: 'its kept text cannot be read' };
  }
  const known = verifiedTexts.txHashOf(document.text);
  if (known !== undefined && known === document.tx_hash && transaction.tx_id === document._id)
    return { transaction, txHash: known };
  const { valid, txHash, faults } = verifyTransaction(transaction);
  if (!valid) return { reason: faults.map(({ fault, detail }) => `${fault}: ${detail}`).join('; ') };
  if (transaction.tx_id !== document._id || txHash === undefined || txHash !== document.tx_hash)
    return { reason: 'its kept text is not that of this transaction' };
  return { transaction, txHash };
}
