import type { Clock } from '@lucid/clock';
import { type ServiceError, wireCode } from '@lucid/errors';
import { canonicalJson, LedgerError, type Transaction, timestampOf } from '@lucid/ledger';
import type { Instruments } from '@lucid/metrics';
import { judgeSubmission, type SubmissionRules } from '../domain/judge-submission.ts';
import {
  type TransactionDocument,
  toMempoolEntry,
  toTransactionDocument,
} from '../domain/transaction-document.ts';
import type { VerifiedTexts } from '../domain/verified-texts.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import type { Ranking } from './consensus/ranking.ts';
import type { Ledger } from './ledger.ts';
import type { ChainThreads } from './workers/chain-threads.ts';
import { lookAt } from './workers/look-at.ts';

export interface SubmissionDeps {
  ledger: Pick<Ledger, 'transactions' | 'mempool'>;
  ranking: Pick<Ranking, 'atTip'>;
  clock: Clock;
  instruments: Pick<Instruments<(typeof metrics)['definitions']>, 'blockchain_transactions_total'>;
  maxWaiting: number;
  verifiedTexts: VerifiedTexts;
  threads: Pick<ChainThreads, 'signatures'>;
  /** Told of transactions that are new here, once they are kept. */
  onTaken: (transactions: readonly Transaction[]) => void;
}

export type Outcome = { document: TransactionDocument } | { refusal: ServiceError };

/**
 * Takes transactions into the mempool; any instance may. Idempotent on tx_id: the same content is accepted again, whatever
 * became of it since; other content is a conflict. First the transaction is kept, then it gets its place in the queue: an
 * end between the two leaves one that waits without a place, which the next sweep gives it.
 */
export class Submissions {
  readonly #deps: SubmissionDeps;
  #sequence = 0;

  constructor(deps: SubmissionDeps) {
    this.#deps = deps;
  }

  /** @throws the refusal */
  async submit(transaction: Transaction): Promise<TransactionDocument> {
    const [outcome] = await this.submitAll([transaction]);
    if (!outcome || 'refusal' in outcome) throw outcome?.refusal ?? errors.TRANSACTION_INVALID();
    return outcome.document;
  }

  /**
   * Each is judged by itself; one outcome per transaction, in order.
   * @param isForwarded another validator passes them on, and tells all others itself
   */
  async submitAll(transactions: readonly Transaction[], isForwarded = false): Promise<Outcome[]> {
    const { ledger, threads, onTaken } = this.#deps;
    const ranking = await this.#rankingFor(transactions);
    const known = await ledger.transactions.findAll(transactions.map(({ tx_id }) => tx_id));
    const looks = await lookAt(
      threads,
      transactions.filter(({ tx_id }) => !known.has(tx_id)),
    );
    let room = await this.#room();
    const nowMs = this.#deps.clock.nowMs();
    const rules = { ranking, isForwarded, nowMs };
    const fresh = new Map<string, TransactionDocument>();
    const outcomes = transactions.map((transaction): Outcome => {
      const before = known.get(transaction.tx_id) ?? fresh.get(transaction.tx_id);
      if (before) return again(before, transaction);
      const judged = this.#judge(transaction, { ...rules, known: looks.get(transaction) });
      if ('refusal' in judged) return judged;
      if (room <= 0) return { refusal: errors.MEMPOOL_FULL({ headers: { 'retry-after': '10' } }) };
      room -= 1;
      fresh.set(transaction.tx_id, judged.document);
      return judged;
    });
    const taken = await ledger.transactions.add([...fresh.values()]);
    const settled = taken.size === 0 ? outcomes : await this.#afterRace(transactions, outcomes, taken);
    await this.#queue(settled);
    this.#count(settled, fresh);
    if (!isForwarded) onTaken(transactions.filter(({ tx_id }) => fresh.has(tx_id) && !taken.has(tx_id)));
    return settled;
  }

  /** Most transactions have nothing to do with it. */
  async #rankingFor(transactions: readonly Transaction[]) {
    return transactions.some(({ type }) => type === 'system') ? this.#deps.ranking.atTip() : undefined;
  }

  #judge(transaction: Transaction, rules: SubmissionRules): Outcome {
    const { verifiedTexts } = this.#deps;
    const judged = judgeSubmission(transaction, rules);
    if ('refusal' in judged) return judged;
    const document = toTransactionDocument(transaction, judged.txHash, timestampOf(rules.nowMs));
    verifiedTexts.add(document.text, document.tx_hash, transaction.signature);
    return { document };
  }

  async #room(): Promise<number> {
    return this.#deps.maxWaiting - (await this.#deps.ledger.mempool.size());
  }

  /** Somebody else handed in the same ids at the same time: what is kept counts. */
  async #afterRace(
    transactions: readonly Transaction[],
    outcomes: readonly Outcome[],
    taken: ReadonlySet<string>,
  ): Promise<Outcome[]> {
    const kept = await this.#deps.ledger.transactions.findAll([...taken]);
    return outcomes.map((outcome, index) => {
      const transaction = transactions[index];
      const other = transaction && kept.get(transaction.tx_id);
      return other && 'document' in outcome ? again(other, transaction) : outcome;
    });
  }

  /** Also those that were known and wait: their place may have been lost with whoever took them. */
  async #queue(outcomes: readonly Outcome[]): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const waiting = outcomes.flatMap((outcome) =>
      'document' in outcome && outcome.document.status === 'pending' ? [outcome.document] : [],
    );
    const distinct = new Map(waiting.map((document) => [document._id, document]));
    await this.#deps.ledger.mempool.add(
      [...distinct.values()].map((document) => toMempoolEntry(document, nowMs, this.#sequence++)),
    );
  }

  #count(outcomes: readonly Outcome[], fresh: ReadonlyMap<string, TransactionDocument>): void {
    const { blockchain_transactions_total: total } = this.#deps.instruments;
    for (const { type } of fresh.values()) total.inc({ type, status: 'pending' });
    const refused = outcomes.filter((outcome) => 'refusal' in outcome).length;
    if (refused > 0) total.inc({ type: 'any', status: 'refused' }, refused);
  }
}

function again(kept: TransactionDocument, transaction: Transaction): Outcome {
  if (textOf(transaction) !== kept.text) return { refusal: errors.TRANSACTION_CONFLICT() };
  if (kept.status === 'dropped' || kept.status === 'failed')
    return { refusal: errors.TRANSACTION_DROPPED({ details: { reason: kept.reason } }) };
  return { document: kept };
}

function textOf(transaction: Transaction): string | undefined {
  try {
    return canonicalJson(transaction);
  } catch (error) {
    if (error instanceof LedgerError) return undefined; // has no canonical form, so it is not what is kept
    throw error;
  }
}

/** A refusal as one line of a batch answer. */
export const toBatchError = (tx_id: string, refusal: ServiceError) => ({
  tx_id,
  code: wireCode(refusal.code),
  message: refusal.message,
});
