import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '@lucid/testing';

const MAIN = join(WORKSPACE_ROOT, 'apps/data/data-init/src/main.ts');

export interface JobResult {
  readonly code: number | null;
  /** `msg` of each line of the log. */
  readonly messages: readonly string[];
  /** Messages of the steps that were taken. */
  readonly steps: readonly string[];
  readonly stderr: string;
}

export interface JobOptions {
  readonly argument?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Kill it (-9) as soon as it has taken this many steps. */
  readonly killAfterSteps?: number;
}

interface LogLine {
  readonly msg: string;
  readonly step?: number;
}

/** Runs the job as its own process, as an engine does. */
export function runJobProcess({ argument, environment, killAfterSteps }: JobOptions): Promise<JobResult> {
  const child = spawn(process.execPath, [MAIN, ...(argument === undefined ? [] : [argument])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece;
  });
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece;
    if (killAfterSteps !== undefined && stepsOf(linesOf(stdout)).length >= killAfterSteps)
      child.kill('SIGKILL');
  });
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const lines = linesOf(stdout);
      const messages = lines.map(({ msg }) => msg);
      resolve({ code, messages, steps: stepsOf(lines), stderr });
    });
  });
}

/** Complete lines only: the last one may be half written. */
const linesOf = (text: string): LogLine[] =>
  text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine);

const stepsOf = (lines: readonly LogLine[]): string[] =>
  lines.filter(({ step }) => step !== undefined).map(({ msg }) => msg);
