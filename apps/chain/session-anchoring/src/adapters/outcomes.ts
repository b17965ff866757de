import type { Clock } from '@lucid/clock';
import { ServiceError } from '@lucid/errors';
import type { Logger } from '@lucid/logging';
import { type AnchoringStatus, nextStatus } from '../domain/anchoring-state.ts';
import { backoffMs } from '../domain/backoff.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Change, Deliveries } from './deliveries.ts';
import type { Statement } from './statements.ts';

/** What is counted of deliveries of one kind. */
export interface DeliveryCounts {
  reached(status: AnchoringStatus | 'finalized'): void;
  confirmedAfter(seconds: number): void;
  again(reason: string): void;
}

export interface OutcomesDeps<Doc extends Delivery> {
  deliveries: Deliveries<Doc>;
  statement: Statement<Doc>;
  clock: Clock;
  logger: Logger;
  counts: DeliveryCounts;
  /** First pause after the engine failed. */
  retryMs: number;
  maxRequeues: number;
}

/** How a turn of a delivery ends when it did not lead on: each saves that and gives the lease back. */
export class Outcomes<Doc extends Delivery> {
  readonly #deps: OutcomesDeps<Doc>;

  constructor(deps: OutcomesDeps<Doc>) {
    this.#deps = deps;
  }

  async expire(document: Doc): Promise<void> {
    await this.settle(document, {
      error: 'No block took it within 24 hours.',
      due_at_ms: null,
      status: nextStatus(document.status, 'expire'),
    });
    this.#deps.counts.reached('expired');
  }

  async guard(document: Doc, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      await this.later(document, error);
    }
  }

  /** The engine is away, or has no room. That is nobody's fault and uses up nothing but time. */
  later(document: Doc, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    const { logger, statement } = this.#deps;
    logger.warn(
      { session_id: statement.sessionOf(document), reason: message },
      'the engine does not take it yet',
    );
    return this.again(document, 'engine', message, document.delivered_at_ms);
  }

  /** The engine has judged: after a few times that is the end. */
  async refused(document: Doc, reason: string, change: Change<Delivery> = {}): Promise<void> {
    const { maxRequeues, logger, statement } = this.#deps;
    const refusals = document.refusals + 1;
    const { kind } = statement;
    logger.warn({ session_id: statement.sessionOf(document), kind, refusals, reason }, 'refused');
    if (refusals <= maxRequeues)
      return this.again(document, 'refused', reason, undefined, { ...change, refusals });
    await this.settle(document, {
      refusals,
      status: nextStatus(document.status, 'give_up'),
      error: reason,
      due_at_ms: null,
    });
    this.#deps.counts.reached('failed');
  }

  async again(
    document: Doc,
    reason: string,
    error: string,
    delivered_at_ms?: number,
    change: Change<Delivery> = {},
  ): Promise<void> {
    const { clock, retryMs, counts } = this.#deps;
    const failures = document.failures + 1;
    const isOver = document.status === 'confirmed';
    await this.settle(document, {
      ...change,
      failures,
      error,
      ...(isOver ? {} : { status: nextStatus(document.status, 'retry'), delivered_at_ms }),
      due_at_ms: clock.nowMs() + backoffMs(failures, retryMs),
    });
    counts.again(reason);
  }

  /** Gives the lease back; every change of the driver's own is one of the fields that all deliveries have. */
  settle(document: Doc, change: Change<Delivery>): Promise<Doc | null> {
    return this.#deps.deliveries.settle(document, change as Change<Doc>);
  }
}
