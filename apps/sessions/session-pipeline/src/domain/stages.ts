import { PIPELINE_STAGES, type Pipeline } from '@lucid/contracts';

export type StageName = (typeof PIPELINE_STAGES)[number];
type ShownStage = Pipeline['stages'][number];

/** A stage as it is kept; its figures follow from it, from the statistics and from the time. */
export interface Stage extends Omit<ShownStage, 'metrics' | 'max_retries'> {
  /** Failures, whether they were tried again or not. */
  errors_count: number;
  started_at_ms?: number;
  ended_at_ms?: number;
}

export const initialStages = (): Stage[] =>
  PIPELINE_STAGES.map((stage_name) => ({
    stage_name,
    status: 'inactive',
    progress: 0,
    retry_count: 0,
    errors_count: 0,
  }));

/** The first stage that is not completed; undefined when all are. */
export const currentStage = (stages: readonly Stage[]): StageName | undefined =>
  stages.find((stage) => stage.status !== 'completed')?.stage_name;

export const isCompleted = (stages: readonly Stage[], name: StageName): boolean =>
  stages.some((stage) => stage.stage_name === name && stage.status === 'completed');

/** @returns a copy in which one stage is changed */
export function withStage(
  stages: readonly Stage[],
  name: StageName,
  change: Partial<Omit<Stage, 'stage_name'>>,
): Stage[] {
  return stages.map((stage) => (stage.stage_name === name ? { ...stage, ...change } : stage));
}

export function completeStage(stages: readonly Stage[], name: StageName): Stage[] {
  return stages.map((stage) => {
    if (stage.stage_name !== name) return stage;
    const { error_message: _solved, ...rest } = stage;
    return { ...rest, status: 'completed', progress: 100 };
  });
}

/** A copy in which what failed works again. */
export function workingStages(stages: readonly Stage[]): Stage[] {
  return stages.map((stage) => {
    const { error_message: _solved, ...rest } = stage;
    return rest.status === 'error' ? { ...rest, status: 'active' } : rest;
  });
}

/** Notes a failure. @param isRetried whether it will be tried again */
export function failedStage(
  stages: readonly Stage[],
  name: StageName,
  { message, isRetried }: { message: string; isRetried: boolean },
): Stage[] {
  return stages.map((stage) =>
    stage.stage_name === name
      ? {
          ...stage,
          status: 'error',
          retry_count: stage.retry_count + (isRetried ? 1 : 0),
          errors_count: stage.errors_count + 1,
          error_message: message,
        }
      : stage,
  );
}

/** A copy that says when each stage began and ended. */
export function timedStages(stages: readonly Stage[], nowMs: number): Stage[] {
  return stages.map((stage) => {
    const hasBegun = stage.status !== 'inactive' && stage.started_at_ms === undefined;
    const begun = hasBegun ? { ...stage, started_at_ms: nowMs } : stage;
    const hasEnded = stage.status === 'completed' && stage.ended_at_ms === undefined;
    return hasEnded ? { ...begun, ended_at_ms: nowMs } : begun;
  });
}

/** Of the whole, 0 to 100: every stage counts the same. */
export const overallProgress = (stages: readonly Stage[]): number =>
  Math.floor(stages.reduce((sum, { progress }) => sum + progress, 0) / Math.max(1, stages.length));

/** What the contract shows of a stage. @param items what it has worked through so far */
export function toStage(
  { started_at_ms, ended_at_ms, errors_count, ...stage }: Stage,
  { items, nowMs, maxRetries }: { items: number; nowMs: number; maxRetries: number },
): ShownStage {
  const processing_time_ms =
    started_at_ms === undefined ? 0 : Math.max(0, (ended_at_ms ?? nowMs) - started_at_ms);
  const perSecond = processing_time_ms === 0 ? 0 : (1000 * items) / processing_time_ms;
  return {
    ...stage,
    max_retries: maxRetries,
    metrics: {
      items_processed: items,
      errors_count,
      processing_time_ms,
      throughput_per_second: Math.round(perSecond * 1000) / 1000,
    },
  };
}
