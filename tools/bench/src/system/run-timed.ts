import { execa } from 'execa';
import type { Belongings } from '../belongings.ts';
import { secondsSince } from '../measure/timed.ts';

export interface TimedRun {
  readonly wallSeconds: number;
  /** Of the command and everything it started. */
  readonly cpuSeconds: number;
  readonly stdout: string;
}

/** Runs a line of shell and asks the shell what it took (`times` is POSIX). @throws Error with what it said */
export async function runTimed(
  belongings: Belongings,
  line: string,
  options: { args?: readonly string[]; env?: Record<string, string>; input?: string } = {},
): Promise<TimedRun> {
  const { args = [], env = {}, input = '' } = options;
  const startedMs = performance.now();
  const script = `( ${line} ) || exit 1; times`;
  const shell = execa('sh', ['-c', script, 'sh', ...args], {
    env,
    input,
    reject: false,
    detached: true, // a group of its own, so that all of a pipe can be ended
    cleanup: false,
  });
  const end = belongings.add(() => endGroup(shell.pid));
  const { stdout, stderr, exitCode } = await shell;
  await end();
  const wallSeconds = secondsSince(startedMs);
  if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${stderr || stdout}`);
  const lines = stdout.split('\n');
  return { wallSeconds, cpuSeconds: cpuSecondsOfTimes(lines.splice(-2)), stdout: lines.join('\n') };
}

/** Two lines of `0m0.01s 0m0.02s`: the shell, then its children; user, then system. */
export function cpuSecondsOfTimes(lines: readonly string[]): number {
  const parts = lines.flatMap((line) => [...line.matchAll(/(\d+)m([\d.]+)s/g)]);
  if (parts.length !== 4) throw new Error(`no times: ${lines.join(' ')}`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // all of it has ended
  }
}
