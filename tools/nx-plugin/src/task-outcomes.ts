/** Tells `npm test` how each task of an Nx run ended; Nx itself prints it for people only. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PostTasksExecution } from '@nx/devkit';

export interface TaskOutcome {
  /** `@lucid/merkle:test` */
  readonly id: string;
  /** Folder of the project. */
  readonly root: string;
  readonly target: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly cached: boolean;
}

/** Names the file that the outcomes are written to; nothing is written where it is not set. */
export const outcomesVariable = 'LUCID_TASK_OUTCOMES';

const outcomeOf: Readonly<Record<string, TaskOutcome['outcome']>> = {
  success: 'passed',
  'local-cache': 'passed',
  'local-cache-kept-existing': 'passed',
  'remote-cache': 'passed',
  failure: 'failed',
  skipped: 'skipped',
};

export const postTasksExecution: PostTasksExecution = (_options, { taskResults }) => {
  const file = process.env[outcomesVariable];
  if (!file) return;
  const outcomes = Object.entries(taskResults).map(([id, { task, status }]): TaskOutcome => {
    const outcome = outcomeOf[status] ?? 'failed';
    return {
      id,
      root: task.projectRoot ?? '',
      target: task.target.target,
      outcome,
      cached: status.includes('cache'),
    };
  });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(outcomes));
};
