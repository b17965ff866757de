import type { Transaction } from '@lucid/ledger';
import type { FoldOutcome } from './state.ts';
import type { SystemVerdict } from './system-verdict.ts';

/** What a block brought, from the verdicts over its transactions in the same order. */
export function foldOutcome(
  transactions: readonly Transaction[],
  verdicts: readonly SystemVerdict[],
): FoldOutcome {
  const payloads = verdicts.flatMap((verdict) => (verdict.valid ? (verdict.payload ?? []) : []));
  const tally = payloads.find((payload) => payload.kind === 'tally');
  return {
    proofs: payloads.filter((payload) => payload.kind === 'task_proof'),
    registered: payloads.filter((payload) => payload.kind === 'node_registration'),
    ...(tally && { tally }),
    refused: verdicts.flatMap((verdict, index) =>
      verdict.valid
        ? []
        : {
            fault: verdict.fault,
            detail: verdict.detail,
            index,
            tx_id: transactions[index]?.tx_id ?? '',
          },
    ),
  };
}
