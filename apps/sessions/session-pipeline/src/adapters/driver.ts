import { backoffMs } from '../domain/backoff.ts';
import { givesUp, isGap, reasonOf } from '../domain/final-failure.ts';
import { isAtRest, type PipelineDocument } from '../domain/pipeline-document.ts';
import { nextState } from '../domain/pipeline-state.ts';
import { currentStage, failedStage, type StageName, timedStages, workingStages } from '../domain/stages.ts';
import { keepingLease } from './keep-lease.ts';
import type { Change, Pipelines } from './pipelines.ts';
import { reportProgress } from './report-progress.ts';
import { nextStep } from './steps/next-step.ts';
import type { StepDeps } from './steps/step.ts';

/** Enough for a whole life without a pause; a pipeline that wants more is driven on at its next turn. */
const MAX_STEPS_PER_TURN = 16;
const REPORT_RETRY_MS = 1000;
/** How long a caller waits for a drive; then it goes on without them. */
const PATIENCE_MS = 3000;

export interface DriverDeps extends StepDeps {
  pipelines: Pipelines;
}

/** What a step left: null when the lease or the state was lost meanwhile. */
interface Turn {
  held: PipelineDocument | null;
  pauseMs: number | null;
}

/** Drives pipelines, one step after the other, each saved before the next. */
export class Driver {
  readonly #deps: DriverDeps;
  readonly #signal: AbortSignal;
  readonly #running = new Set<Promise<void>>();

  /** @param signal ends drives between two steps */
  constructor(deps: DriverDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Drives one pipeline now, unless somebody has it. Waits for a few seconds at most; the drive goes on by itself. */
  async driveNow(sessionId: string): Promise<void> {
    const claimed = await this.#deps.pipelines.claim(sessionId);
    if (!claimed) return;
    const ended = new AbortController();
    const driving = this.drive(claimed).finally(() => ended.abort());
    const patience = this.#deps.clock.sleep(PATIENCE_MS, ended.signal).catch(() => undefined); // it ended first
    await Promise.race([driving, patience]);
  }

  /** Never rejects. @param claimed a pipeline whose lease is ours */
  drive(claimed: PipelineDocument): Promise<void> {
    const driving: Promise<void> = this.#drive(claimed)
      .catch((error: unknown) => {
        this.#deps.logger.error({ err: error, session_id: claimed._id }, 'driving a pipeline failed');
      })
      .finally(() => this.#running.delete(driving));
    this.#running.add(driving);
    return driving;
  }

  /** Resolves when nothing is being driven. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #drive(claimed: PipelineDocument): Promise<void> {
    let last = claimed;
    let turn: Turn = { held: claimed, pauseMs: 0 };
    for (let taken = 0; turn.held && turn.pauseMs === 0 && taken < MAX_STEPS_PER_TURN; taken++) {
      if (this.#signal.aborted) break;
      last = turn.held;
      turn = await this.#step(last);
    }
    const reported = turn.held ? await this.#report(turn.held) : undefined;
    await this.#release(reported ?? turn.held ?? last, turn.pauseMs);
  }

  async #step(document: PipelineDocument): Promise<Turn> {
    const { pipelines, instruments } = this.#deps;
    const step = nextStep(document);
    if (!step) return { held: document, pauseMs: null };
    const stage = stageOf(document) ?? document.state;
    const done = instruments.pipeline_stage_duration_seconds.startTimer({ stage });
    try {
      const { change, pauseMs } = await keepingLease(this.#deps, document, () => step(document, this.#deps));
      const saved = timed(recovered(document, change), this.#deps.clock.nowMs());
      const held = await pipelines.save(document, saved, isNews(document, saved));
      if (held && held.state !== document.state && held.state === 'stopped')
        instruments.pipelines_ended_total.inc({ outcome: 'completed' });
      return { held, pauseMs };
    } catch (error) {
      return await this.#failed(document, error);
    } finally {
      done();
    }
  }

  /** A final error ends the pipeline; any other is tried again, later each time. */
  async #failed(document: PipelineDocument, error: unknown): Promise<Turn> {
    const { pipelines, logger, instruments, random, clock, settings } = this.#deps;
    const stage = stageOf(document);
    const nowMs = clock.nowMs();
    const { max_retries: maxRetries } = await settings.current();
    const isOver = givesUp(error, document, { stage, nowMs, maxRetries });
    instruments.pipeline_errors_total.inc({ stage: stage ?? document.state, retryable: String(!isOver) });
    logger.warn(
      { err: error, session_id: document._id, stage },
      isOver ? 'the pipeline gives up' : 'a step failed and will be tried again',
    );
    const message = reasonOf(error);
    const { stages } = document;
    const noted = {
      failures: document.failures + 1,
      failing_since_ms: document.failing_since_ms ?? nowMs,
      gaps: document.gaps + (isGap(error) ? 1 : 0),
      ...(stage ? { stages: failedStage(stages, stage, { message, isRetried: !isOver }) } : {}),
    };
    if (!isOver)
      return {
        held: await pipelines.save(document, noted, false),
        pauseMs: backoffMs(document.failures, random.fraction()),
      };
    const change = { ...noted, state: nextState(document.state, 'error'), error: message };
    const held = await pipelines.save(document, change, true);
    if (held) instruments.pipelines_ended_total.inc({ outcome: 'failed' });
    return { held, pauseMs: 0 };
  }

  /** Best effort: what is not acknowledged is told again at the next turn. */
  async #report(document: PipelineDocument): Promise<PipelineDocument | null> {
    const { clients, pipelines, logger } = this.#deps;
    if (document.reported_version >= document.version) return document;
    try {
      const reported_version = await keepingLease(this.#deps, document, () =>
        reportProgress(clients.api, document),
      );
      return await pipelines.save(document, { reported_version }, false);
    } catch (error) {
      logger.warn({ err: error, session_id: document._id }, 'session-api does not take the progress yet');
      return document;
    }
  }

  /** A report that was not taken brings the pipeline back soon, but never before a failed step may be tried again. */
  async #release(document: PipelineDocument, pauseMs: number | null): Promise<void> {
    const { pipelines, clock } = this.#deps;
    const isReported = document.reported_version >= document.version;
    const pause = pauseMs ?? (isReported ? null : REPORT_RETRY_MS);
    await pipelines.release(document, isAtRest(document) || pause === null ? null : clock.nowMs() + pause);
  }
}

/** The stage a failure belongs to; none when all are over, or when what is left of them is being removed. */
const stageOf = ({ state, stages }: PipelineDocument): StageName | undefined =>
  state === 'cleanup' ? undefined : currentStage(stages);

/** Nobody is told of these: they drive the pipeline, or are shown to whoever asks. */
const INNER: ReadonlySet<string> = new Set(['live', 'failures', 'failing_since_ms', 'gaps', 'anchor_again']);

/** Statistics that have not moved, or a mere look, are not worth a new version; a checkpoint that anchoring has taken is. */
function isNews(document: PipelineDocument, change: Change): boolean {
  if (JSON.stringify(change.live?.told ?? document.live.told) !== JSON.stringify(document.live.told))
    return true;
  return Object.entries(change).some(
    ([name, value]) =>
      !INNER.has(name) && JSON.stringify(value) !== JSON.stringify(document[name as keyof PipelineDocument]),
  );
}

const timed = (change: Change, nowMs: number): Change =>
  change.stages === undefined ? change : { ...change, stages: timedStages(change.stages, nowMs) };

/** After a failure that passed: the next one waits briefly again, and no stage says `error` any more. */
function recovered(document: PipelineDocument, change: Change): Change {
  if (document.failures === 0) return change;
  const stages = workingStages(change.stages ?? document.stages);
  return { ...change, stages, failures: 0, failing_since_ms: undefined, gaps: 0 };
}
