import type { Random } from '@lucid/clock';
import type { TransactionRecord } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import { canonicalJson, type SigningKey, timestampMs } from '@lucid/ledger';
import { nextStatus } from '../domain/anchoring-state.ts';
import { isExpired, isOnItsWay, isTooOldToSend, nextTask, sight } from '../domain/decide.ts';
import { type Delivery, type KeptTransaction, transactionOf } from '../domain/delivery.ts';
import { meaningOf } from '../domain/engine-codes.ts';
import { signSaying } from '../domain/sayings.ts';
import type { Change } from './deliveries.ts';
import type { Engine } from './engine.ts';
import { Finality, MIN_FINALITY_POLL_MS } from './finality.ts';
import { Outcomes, type OutcomesDeps } from './outcomes.ts';

export interface DriverDeps<Doc extends Delivery> extends OutcomesDeps<Doc> {
  engine: Pick<Engine, 'send' | 'find' | 'tip'>;
  key: SigningKey;
  random: Random;
  pollMs: number;
  timeoutMs: number;
}

/** Between two looks at what must be on the chain before. */
const MIN_WAIT_MS = 1000;

type Held<Doc> = Doc & { transaction: KeptTransaction };

/** Drives claimed deliveries one step on. Every step is saved, and the lease given back, before the round ends. */
export class Driver<Doc extends Delivery> {
  readonly #deps: DriverDeps<Doc>;
  readonly #outcomes: Outcomes<Doc>;
  readonly #finality: Finality<Doc>;

  constructor(deps: DriverDeps<Doc>) {
    this.#deps = deps;
    this.#outcomes = new Outcomes(deps);
    this.#finality = new Finality(deps, this.#outcomes);
  }

  async drive(claimed: readonly Doc[]): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const byTask = Map.groupBy(claimed, (document) => nextTask(document, nowMs));
    const of = (task: ReturnType<typeof nextTask>) => byTask.get(task) ?? [];
    await Promise.all([
      this.#deliver([...of('sign'), ...of('send')]),
      ...[...of('watch'), ...of('ask')].map((document) =>
        this.#outcomes.guard(document, () => this.#look(document)),
      ),
      ...of('finalize').map((document) =>
        this.#outcomes.guard(document, () => this.#finality.look(document)),
      ),
      ...of('expire').map((document) => this.#outcomes.expire(document)),
      ...of('rest').map((document) => this.#outcomes.settle(document, { due_at_ms: null })),
    ]);
  }

  /** Keeps the transaction first and sends it then: whatever happens in between, the same one is sent again. */
  async #deliver(documents: readonly Doc[]): Promise<void> {
    const prepared = await Promise.all(documents.map((document) => this.#prepare(document)));
    await this.#send(prepared.filter((document) => document !== null));
  }

  async #prepare(document: Doc): Promise<Held<Doc> | null> {
    const { deliveries, statement, clock, random, key } = this.#deps;
    let change: Change<Doc> = {};
    if (!document.transaction) {
      const resolved = await statement.resolve(document);
      if (resolved.is === 'waiting') {
        await this.#outcomes.settle(document, {
          due_at_ms: clock.nowMs() + Math.max(MIN_WAIT_MS, this.#deps.pollMs),
        });
        return null;
      }
      if (resolved.is === 'hopeless') {
        await this.#outcomes.refused(document, resolved.reason);
        return null;
      }
      change = resolved.change;
    }
    const saying = statement.saying({ ...document, ...change } as Doc);
    const transaction = document.transaction ?? signSaying(saying, random.uuid(), clock.nowMs(), key);
    const saved = await deliveries.save(document, {
      ...change,
      transaction,
      status: nextStatus(document.status, 'send'),
      attempts: document.attempts + 1,
    } as Change<Doc>);
    if (saved && document.status === 'pending') this.#deps.counts.reached('processing');
    return saved && { ...saved, transaction };
  }

  async #send(documents: readonly Held<Doc>[]): Promise<void> {
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
          isOurFault
            ? this.#outcomes.refused(document, error.message)
            : this.#outcomes.later(document, error),
        ),
      );
      return;
    }
    await Promise.all(
      documents.map((document) => this.#sent(document, refused.get(document.transaction.tx_id))),
    );
  }

  async #sent(document: Held<Doc>, code: string | undefined): Promise<void> {
    const { clock, pollMs } = this.#deps;
    if (code === undefined) {
      const nowMs = clock.nowMs();
      const due_at_ms = nowMs + pollMs;
      await this.#outcomes.settle(document, {
        delivered_at_ms: nowMs,
        failures: 0,
        error: undefined,
        due_at_ms,
      });
      return;
    }
    const meaning = meaningOf(code);
    if (meaning === 'ask') return this.#outcomes.guard(document, () => this.#look(document));
    if (meaning === 'later')
      return this.#outcomes.later(document, new Error('the engine has too many transactions waiting'));
    const change: Change<Delivery> = meaning === 'sign_anew' ? { transaction: undefined } : {};
    return this.#outcomes.refused(document, `the engine refuses the transaction (${code})`, change);
  }

  /** Asks the engine what it knows of the transaction. */
  async #look(document: Doc): Promise<void> {
    const { engine, clock, statement } = this.#deps;
    const { transaction } = document;
    if (!transaction) return;
    const record = await engine.find(transaction.tx_id);
    if (!record) return this.#unknown(document, transaction);
    const seen = sight(record, statement.saying(document));
    switch (seen.is) {
      case 'confirmed':
        return this.#confirmed(document, keptFrom(record), seen);
      case 'waiting':
        return this.#waits(document, clock.nowMs());
      case 'dropped':
        return this.#outcomes.refused(document, `the engine dropped it: ${seen.reason}`, {
          transaction: undefined,
        });
      case 'foreign':
        return this.#outcomes.refused(document, 'the engine knows another transaction under this id', {
          transaction: undefined,
        });
    }
  }

  async #waits(document: Doc, nowMs: number): Promise<void> {
    const { pollMs, timeoutMs } = this.#deps;
    const since = document.delivered_at_ms ?? nowMs;
    if (nowMs - since > timeoutMs)
      return this.#outcomes.again(document, 'timeout', 'no block took the transaction in time');
    await this.#outcomes.settle(document, {
      status: nextStatus(document.status, 'send'),
      delivered_at_ms: since,
      due_at_ms: nowMs + pollMs,
    });
  }

  /** The engine says that it does not know it: send it again, or, when it is too old for that, sign it anew under its id. */
  async #unknown(document: Doc, transaction: KeptTransaction): Promise<void> {
    const { clock, key, statement, counts, pollMs } = this.#deps;
    const nowMs = clock.nowMs();
    if (isOnItsWay(document, nowMs)) {
      await this.#outcomes.settle(document, { due_at_ms: nowMs + pollMs });
      return;
    }
    if (isExpired(document, nowMs)) return this.#outcomes.expire(document);
    if (!isTooOldToSend(transaction.signed_at_ms, nowMs))
      return this.#outcomes.again(document, 'lost', 'the engine does not know the transaction');
    const signed = signSaying(statement.saying(document), transaction.tx_id, nowMs, key);
    counts.again('signed_anew');
    await this.#outcomes.settle(document, {
      transaction: signed,
      delivered_at_ms: undefined,
      due_at_ms: nowMs,
    });
  }

  async #confirmed(
    document: Doc,
    transaction: KeptTransaction,
    { height, hash, at }: { height: number; hash: string; at: string },
  ): Promise<void> {
    const { clock, counts, statement } = this.#deps;
    const saved = await this.#outcomes.settle(document, {
      transaction,
      status: nextStatus(document.status, 'confirm'),
      confirmed_at: at,
      block_height: height,
      block_hash: hash,
      error: undefined,
      failures: 0,
      due_at_ms: statement.awaitsFinality ? clock.nowMs() + MIN_FINALITY_POLL_MS : null,
    });
    if (!saved) return;
    this.#deps.counts.reached('confirmed');
    const seconds =
      ((timestampMs(at) ?? Number.NaN) - (timestampMs(document.submitted_at) ?? Number.NaN)) / 1000;
    if (seconds >= 0) counts.confirmedAfter(seconds);
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
