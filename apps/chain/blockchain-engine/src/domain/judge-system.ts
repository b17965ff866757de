import type { Transaction } from '@lucid/ledger';
import type { BlockJudge } from '@lucid/poot';

/** What is wrong with the system transactions of a block, judged in their order; undefined when they hold. */
export function systemFault(transactions: readonly Transaction[], judge: BlockJudge): string | undefined {
  for (const transaction of transactions) {
    if (transaction.type !== 'system') continue;
    const verdict = judge.judge(transaction);
    if (!verdict.valid) return `system transaction ${transaction.tx_id}: ${verdict.fault}: ${verdict.detail}`;
  }
  return undefined;
}
