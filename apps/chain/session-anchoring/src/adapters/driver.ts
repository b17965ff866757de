import type { Clock, Random } from '@lucid/clock';
import type { TransactionRecord } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import { canonicalJson, type SigningKey, timestampMs } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import { type AnchoringDocument, type KeptTransaction, transactionOf } from '../domain/anchoring-document.ts';
import { nextStatus } from '../domain/anchoring-state.ts';
import { backoffMs } from '../domain/backoff.ts';
import { FINAL_DEPTH, isExpired, isTooOldToSend, nextTask, sight } from '../domain/decide.ts';
import { meaningOf } from '../domain/engine-codes.ts';
import { signAnchor } from '../domain/sign-anchor.ts';
import type { metrics } from '../metrics.ts';
import type { Anchorings, Change } from './anchorings.ts';
import type { Engine } from './engine.ts';

export interface DriverDeps {
  anchorings: Anchorings;
  engine: Pick<Engine, 'send' | 'find' | 'tip'>;
  key: SigningKey;
  clock: Clock;
  random: Random;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
  pollMs: number;
  retryMs: number;
  timeoutMs: number;
  maxRequeues: number;
}

const MIN_FINALITY_POLL_MS = 1000;

type Held = AnchoringDocument & { transaction: KeptTransaction };

/** Drives claimed anchorings one step on. Every step is saved, and the lease given back, before the round ends. */
export class Driver {
  readonly #deps: DriverDeps;

  constructor(deps: DriverDeps) {
    this.#deps = deps;
  }

  async drive(claimed: readonly AnchoringDocument[]): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const byTask = Map.groupBy(claimed, (document) => nextTask(document, nowMs));
    const of = (task: ReturnType<typeof nextTask>) => byTask.get(task) ?? [];
    await Promise.all([
      this.#deliver([...of('sign'), ...of('send')]),
      ...[...of('watch'), ...of('ask')].map((document) => this.#guard(document, () => this.#look(document))),
      ...of('finalize').map((document) => this.#guard(document, () => this.#finalize(document))),
      ...of('expire').map((document) => this.#expire(document)),
      ...of('rest').map((document) => this.#deps.anchorings.settle(document, { due_at_ms: null })),
    ]);
  }

  /** Keeps the transaction first and sends it then: whatever happens in between, the same one is sent again. */
  async #deliver(documents: readonly AnchoringDocument[]): Promise<void> {
    const prepared = await Promise.all(documents.map((document) => this.#prepare(document)));
    await this.#send(prepared.filter((document) => document !== null));
  }

  async #prepare(document: AnchoringDocument): Promise<Held | null> {
    const { anchorings, clock, random, key } = this.#deps;
    const transaction = document.transaction ?? signAnchor(document, random.uuid(), clock.nowMs(), key);
    const saved = await anchorings.save(document, {
      transaction,
      status: nextStatus(document.status, 'send'),
      attempts: document.attempts + 1,
    });
    if (saved && document.status === 'pending') this.#count('processing');
    return saved && { ...saved, transaction };
  }

  async #send(documents: readonly Held[]): Promise<void> {
    if (documents.length === 0) return;
    let refused: Map<string, string>;
    try {
      refused = await this.#deps.engine.send(documents.map(({ transaction }) => transactionOf(transaction)));
    } catch (error) {
      const isOurFault = error instanceof ServiceError && error.status === 400;
      if (isOurFault && documents.length > 1) {
        for (const document of documents) await this.#send([document]); // one bad one must not spoil the others
        return;
      }
      await Promise.all(
        documents.map((document) =>
          isOurFault ? this.#refused(document, error.message) : this.#later(document, error),
        ),
      );
      return;
    }
    await Promise.all(
      documents.map((document) => this.#sent(document, refused.get(document.transaction.tx_id))),
    );
  }

  async #sent(document: Held, code: string | undefined): Promise<void> {
    const { anchorings, clock, pollMs } = this.#deps;
    if (code === undefined) {
      const nowMs = clock.nowMs();
      const change = { delivered_at_ms: nowMs, failures: 0, error: undefined, due_at_ms: nowMs + pollMs };
      await anchorings.settle(document, change);
      return;
    }
    const meaning = meaningOf(code);
    if (meaning === 'ask') return this.#guard(document, () => this.#look(document));
    if (meaning === 'later')
      return this.#later(document, new Error('the engine has too many transactions waiting'));
    const change = meaning === 'sign_anew' ? { transaction: undefined } : {};
    return this.#refused(document, `the engine refuses the transaction (${code})`, change);
  }

  /** Asks the engine what it knows of the transaction. */
  async #look(document: AnchoringDocument): Promise<void> {
    const { engine, clock } = this.#deps;
    const { transaction } = document;
    if (!transaction) return;
    const record = await engine.find(transaction.tx_id);
    if (!record) return this.#unknown(document, transaction);
    const seen = sight(record, document);
    switch (seen.is) {
      case 'confirmed':
        return this.#confirmed(document, keptFrom(record), seen);
      case 'waiting':
        return this.#waits(document, clock.nowMs());
      case 'dropped':
        return this.#refused(document, `the engine dropped it: ${seen.reason}`, { transaction: undefined });
      case 'foreign':
        return this.#refused(document, 'the engine knows another transaction under this id', {
          transaction: undefined,
        });
    }
  }

  async #waits(document: AnchoringDocument, nowMs: number): Promise<void> {
    const { anchorings, pollMs, timeoutMs } = this.#deps;
    const since = document.delivered_at_ms ?? nowMs;
    if (nowMs - since > timeoutMs)
      return this.#again(document, 'timeout', 'no block took the transaction in time');
    await anchorings.settle(document, {
      status: nextStatus(document.status, 'send'),
      delivered_at_ms: since,
      due_at_ms: nowMs + pollMs,
    });
  }

  /** The engine says that it does not know it: send it again, or, when it is too old for that, sign it anew under its id. */
  async #unknown(document: AnchoringDocument, transaction: KeptTransaction): Promise<void> {
    const { anchorings, clock, key } = this.#deps;
    const nowMs = clock.nowMs();
    if (isExpired(document, nowMs)) return this.#expire(document);
    if (!isTooOldToSend(transaction.signed_at_ms, nowMs))
      return this.#again(document, 'lost', 'the engine does not know the transaction');
    const signed = signAnchor(document, transaction.tx_id, nowMs, key);
    this.#deps.instruments.anchoring_retries_total.inc({ reason: 'signed_anew' });
    await anchorings.settle(document, { transaction: signed, delivered_at_ms: undefined, due_at_ms: nowMs });
  }

  async #confirmed(
    document: AnchoringDocument,
    transaction: KeptTransaction,
    { height, hash, at }: { height: number; hash: string; at: string },
  ): Promise<void> {
    const { anchorings, clock, instruments } = this.#deps;
    const saved = await anchorings.settle(document, {
      transaction,
      status: nextStatus(document.status, 'confirm'),
      confirmed_at: at,
      block_height: height,
      block_hash: hash,
      error: undefined,
      failures: 0,
      due_at_ms: clock.nowMs() + MIN_FINALITY_POLL_MS,
    });
    if (!saved) return;
    this.#count('confirmed');
    const seconds =
      ((timestampMs(at) ?? Number.NaN) - (timestampMs(document.submitted_at) ?? Number.NaN)) / 1000;
    if (seconds >= 0) instruments.anchoring_confirmation_seconds.observe(seconds);
  }

  async #finalize(document: AnchoringDocument): Promise<void> {
    const { anchorings, engine, clock, logger } = this.#deps;
    const { height, blockTimeMs } = await engine.tip();
    const missing = (document.block_height ?? Number.NaN) + FINAL_DEPTH - height;
    if (missing > 0) {
      const pauseMs = Math.max(MIN_FINALITY_POLL_MS, (missing - 1) * blockTimeMs);
      await anchorings.settle(document, { due_at_ms: clock.nowMs() + pauseMs, failures: 0 });
      return;
    }
    const record = await engine.find(document.transaction?.tx_id ?? '');
    if (record?.block_hash !== document.block_hash) {
      logger.error({ session_id: document._id }, 'a confirmed anchor is no longer where it was');
      return this.#later(document, new Error('the anchor is no longer in its block'));
    }
    await anchorings.settle(document, { finalized: true, due_at_ms: null, failures: 0, error: undefined });
    this.#count('finalized');
  }

  async #expire(document: AnchoringDocument): Promise<void> {
    const change: Change = { error: 'No block took it within 24 hours.', due_at_ms: null };
    await this.#deps.anchorings.settle(document, {
      ...change,
      status: nextStatus(document.status, 'expire'),
    });
    this.#count('expired');
  }

  async #guard(document: AnchoringDocument, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      await this.#later(document, error);
    }
  }

  /** The engine is away, or has no room. That is nobody's fault and uses up nothing but time. */
  #later(document: AnchoringDocument, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    this.#deps.logger.warn({ session_id: document._id, reason: message }, 'the engine does not take it yet');
    return this.#again(document, 'engine', message, document.delivered_at_ms);
  }

  /** The engine has judged: after a few times that is the end. */
  async #refused(document: AnchoringDocument, reason: string, change: Change = {}): Promise<void> {
    const { anchorings, maxRequeues, logger } = this.#deps;
    const refusals = document.refusals + 1;
    logger.warn({ session_id: document._id, refusals, reason }, 'the engine refuses an anchor');
    if (refusals <= maxRequeues)
      return this.#again(document, 'refused', reason, undefined, { ...change, refusals });
    await anchorings.settle(document, {
      refusals,
      status: nextStatus(document.status, 'give_up'),
      error: reason,
      due_at_ms: null,
    });
    this.#count('failed');
  }

  async #again(
    document: AnchoringDocument,
    reason: string,
    error: string,
    delivered_at_ms?: number,
    change: Change = {},
  ): Promise<void> {
    const { anchorings, clock, retryMs, instruments } = this.#deps;
    const failures = document.failures + 1;
    const isOver = document.status === 'confirmed';
    await anchorings.settle(document, {
      ...change,
      failures,
      error,
      ...(isOver ? {} : { status: nextStatus(document.status, 'retry'), delivered_at_ms }),
      due_at_ms: clock.nowMs() + backoffMs(failures, retryMs),
    });
    instruments.anchoring_retries_total.inc({ reason });
  }

  #count(status: AnchoringDocument['status'] | 'finalized'): void {
    this.#deps.instruments.blockchain_session_anchorings_total.inc({ status });
  }
}

/** The engine's copy is the one that counts: it may carry an earlier signature of ours. */
function keptFrom({ transaction, tx_hash }: TransactionRecord): KeptTransaction {
  return {
    tx_id: transaction.tx_id,
    tx_hash,
    signed_at_ms: timestampMs(transaction.timestamp) ?? 0,
    text: canonicalJson(transaction),
  };
}
