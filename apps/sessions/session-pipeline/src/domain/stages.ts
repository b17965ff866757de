import { PIPELINE_STAGES, type Pipeline } from '@lucid/contracts';

export type StageName = (typeof PIPELINE_STAGES)[number];
export type Stage = Pipeline['stages'][number];

export const initialStages = (): Stage[] =>
  PIPELINE_STAGES.map((stage_name) => ({ stage_name, status: 'inactive', progress: 0, retry_count: 0 }));

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

/** Notes a failure that will be tried again. */
export function retriedStage(stages: readonly Stage[], name: StageName, message: string): Stage[] {
  return stages.map((stage) =>
    stage.stage_name === name
      ? { ...stage, status: 'error', retry_count: stage.retry_count + 1, error_message: message }
      : stage,
  );
}
