import { FINAL_DEPTH } from '../domain/decide.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Engine } from './engine.ts';
import type { Outcomes, OutcomesDeps } from './outcomes.ts';

export interface FinalityDeps<Doc extends Delivery> extends OutcomesDeps<Doc> {
  engine: Pick<Engine, 'find' | 'tip'>;
}

export const MIN_FINALITY_POLL_MS = 1000;

/** Watches what is confirmed until so many blocks stand on it that it is final. */
export class Finality<Doc extends Delivery> {
  readonly #deps: FinalityDeps<Doc>;
  readonly #outcomes: Outcomes<Doc>;

  constructor(deps: FinalityDeps<Doc>, outcomes: Outcomes<Doc>) {
    this.#deps = deps;
    this.#outcomes = outcomes;
  }

  /** Confirmed stays confirmed: an engine that has not come as far as another says nothing about it. */
  async look(document: Doc): Promise<void> {
    const { engine, clock, logger, statement, counts } = this.#deps;
    const lookAgain = (pauseMs: number) =>
      this.#outcomes.settle(document, { due_at_ms: clock.nowMs() + pauseMs, failures: 0, error: undefined });
    const { height, blockTimeMs } = await engine.tip();
    const missing = (document.block_height ?? Number.NaN) + FINAL_DEPTH - height;
    if (missing > 0) {
      await lookAgain(Math.max(MIN_FINALITY_POLL_MS, (missing - 1) * blockTimeMs));
      return;
    }
    const record = await engine.find(document.transaction?.tx_id ?? '');
    if (record?.block_hash === undefined) {
      await lookAgain(MIN_FINALITY_POLL_MS);
      return;
    }
    if (record.block_hash !== document.block_hash) {
      logger.error(
        { session_id: statement.sessionOf(document) },
        'an engine has a confirmed anchor elsewhere',
      );
      return this.#outcomes.later(document, new Error('an engine has the anchor in another block'));
    }
    await this.#outcomes.settle(document, {
      finalized: true,
      due_at_ms: null,
      failures: 0,
      error: undefined,
    });
    counts.reached('finalized');
  }
}
