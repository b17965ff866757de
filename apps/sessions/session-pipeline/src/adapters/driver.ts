import { ServiceError } from '@lucid/errors';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import { backoffMs } from '../domain/backoff.ts';
import { isAtRest, type PipelineDocument } from '../domain/pipeline-document.ts';
import { nextState } from '../domain/pipeline-state.ts';
import { currentStage, retriedStage } from '../domain/stages.ts';
import type { metrics } from '../metrics.ts';
import type { Change, Pipelines } from './pipelines.ts';
import { reportProgress } from './report-progress.ts';
import { nextStep } from './steps/next-step.ts';
import type { StepDeps } from './steps/step.ts';

/** Enough for a whole life without a pause; a pipeline that wants more is driven on at its next turn. */
const MAX_STEPS_PER_TURN = 16;
const REPORT_RETRY_MS = 1000;

export interface DriverDeps extends StepDeps {
  pipelines: Pipelines;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

/** Drives pipelines, one step after the other, each saved before the next. */
export class Driver {
  readonly #deps: DriverDeps;

  constructor(deps: DriverDeps) {
    this.#deps = deps;
  }

  /** Drives one pipeline now, unless another instance has it. */
  async driveNow(sessionId: string): Promise<void> {
    const claimed = await this.#deps.pipelines.claim(sessionId);
    if (claimed) await this.drive(claimed);
  }

  /** @param claimed a pipeline whose lease is ours */
  async drive(claimed: PipelineDocument): Promise<void> {
    let held: PipelineDocument | null = claimed;
    let last = claimed;
    let pauseMs: number | null = 0;
    for (let taken = 0; held && pauseMs === 0 && taken < MAX_STEPS_PER_TURN; taken++) {
      last = held;
      const turn = await this.#step(held);
      held = turn.held;
      pauseMs = turn.pauseMs;
    }
    const reported = held ? await this.#report(held) : undefined;
    await this.#release(reported ?? held ?? last, pauseMs);
  }

  async #step(
    document: PipelineDocument,
  ): Promise<{ held: PipelineDocument | null; pauseMs: number | null }> {
    const { pipelines, instruments } = this.#deps;
    const step = nextStep(document);
    if (!step) return { held: document, pauseMs: null };
    const stage = currentStage(document.stages) ?? 'finality';
    const done = instruments.pipeline_stage_duration_seconds.startTimer({ stage });
    try {
      const { change, pauseMs } = await step(document, this.#deps);
      const held = await pipelines.save(document, change, isNews(document, change));
      if (held && held.state !== document.state && held.state === 'stopped')
        instruments.pipelines_ended_total.inc({ outcome: 'completed' });
      return { held, pauseMs };
    } catch (error) {
      return this.#failed(document, error);
    } finally {
      done();
    }
  }

  /** A final error ends the pipeline; any other is tried again, later each time. */
  async #failed(
    document: PipelineDocument,
    error: unknown,
  ): Promise<{ held: PipelineDocument | null; pauseMs: number | null }> {
    const { pipelines, logger, instruments, random } = this.#deps;
    const stage = currentStage(document.stages) ?? 'anchoring';
    const message = error instanceof Error ? error.message : String(error);
    const isFinal = error instanceof ServiceError && error.status === 422;
    instruments.pipeline_errors_total.inc({ stage, retryable: String(!isFinal) });
    logger.warn(
      { err: error, session_id: document._id, stage },
      isFinal ? 'the pipeline gives up' : 'a step failed and will be tried again',
    );
    const stages = retriedStage(document.stages, stage, message);
    if (isFinal) {
      instruments.pipelines_ended_total.inc({ outcome: 'failed' });
      return {
        held: await pipelines.save(
          document,
          { stages, state: nextState(document.state, 'fail'), error: message },
          true,
        ),
        pauseMs: 0,
      };
    }
    const attempt = stages.find((entry) => entry.stage_name === stage)?.retry_count ?? 1;
    return {
      held: await pipelines.save(document, { stages }, false),
      pauseMs: backoffMs(attempt - 1, random.fraction()),
    };
  }

  /** Best effort: what is not acknowledged is told again at the next turn. */
  async #report(document: PipelineDocument): Promise<PipelineDocument | null> {
    const { clients, pipelines, logger } = this.#deps;
    if (document.reported_version >= document.version) return document;
    try {
      const reported_version = await reportProgress(clients.api, document);
      return await pipelines.save(document, { reported_version }, false);
    } catch (error) {
      logger.warn({ err: error, session_id: document._id }, 'session-api does not take the progress yet');
      return document;
    }
  }

  async #release(document: PipelineDocument, pauseMs: number | null): Promise<void> {
    const { pipelines, clock } = this.#deps;
    const isReported = document.reported_version >= document.version;
    const pause = isReported ? pauseMs : Math.min(pauseMs ?? REPORT_RETRY_MS, REPORT_RETRY_MS);
    await pipelines.release(document, isAtRest(document) || pause === null ? null : clock.nowMs() + pause);
  }
}

/** Statistics that have not moved, or a mere look, are not worth a new version. */
function isNews(document: PipelineDocument, change: Change): boolean {
  return Object.entries(change).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(document[name as keyof PipelineDocument]),
  );
}
