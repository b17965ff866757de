import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Ended {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  out: string;
  err: string;
}

export interface Running {
  child: ChildProcess;
  /** What it has said so far on standard error. */
  err(): string;
  ended: Promise<Ended>;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Standard input: a text, or a stream that may be as slow as it likes. @default nothing */
  input?: string | Readable;
  /** A channel by which the child notices that this process is gone. @default false */
  watched?: boolean;
}

const alive = new Set<ChildProcess>();

/** Starts a program with an environment that holds nothing but the machine's ways and what is given. */
export function start(program: string, args: readonly string[], options: RunOptions): Running {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe', ...(options.watched ? (['ipc'] as const) : [])],
  });
  alive.add(child);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (part: Buffer) => {
    said.out += part.toString();
  });
  child.stderr?.on('data', (part: Buffer) => {
    said.err += part.toString();
  });
  feed(child, options.input);
  const ended = once(child, 'close').then(([code]) => {
    alive.delete(child);
    return { code: code as number | null, ...said };
  });
  return { child, err: () => said.err, ended };
}

export const run = (program: string, args: readonly string[], options: RunOptions): Promise<Ended> =>
  start(program, args, options).ended;

/** Ends by pid whatever was started here and still runs. */
export async function endAll(): Promise<void> {
  const left = [...alive];
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(
    left.map((child) =>
      child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined,
    ),
  );
}

function feed({ stdin }: ChildProcess, input: string | Readable | undefined): void {
  if (!stdin) return;
  stdin.on('error', () => undefined); // it does not want the rest; its exit code says why
  if (input === undefined || typeof input === 'string') stdin.end(input);
  else pipeline(input, stdin).catch(() => undefined); // the same
}
