import { spawnSync } from 'node:child_process';

/** Whether a program can be started here; suites that need it are skipped otherwise, and say so in their name. */
export function installed(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).error === undefined;
}

/** A suite's name, with the reason when it cannot run. */
export function suite(name: string, program: string, there: boolean): string {
  return there ? name : `${name} (skipped: ${program} is not installed)`;
}
