/** Child processes of the CI commands: shown as they go, ended by a deadline together with all they started. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Interruptible } from './in-turn.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** After this long the whole process group is ended. */
  readonly deadlineMinutes: number;
  /** How long it has from being asked to end until it is killed. */
  readonly graceMs?: number;
}

/** `interrupted`: a signal reached us, and was passed on: nothing else should be started. */
export interface CommandResult extends Interruptible {
  /** Exit code; 124 when the deadline passed, 127 when it could not be started. */
  readonly code: number;
  /** Standard output and standard error as they were shown, without colours. */
  readonly output: string;
}

const drainMs = 30_000; // vitest gives what its tests started ten seconds, and Nx waits for vitest
/** A lab ends its command, then its engine, which has 20 s for it, then what is left of that; in a Swarm, one in another. */
export const labGraceMs = 90_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a command, copying its output to ours. Never rejects. */
export function runCommand(command: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that the deadline reaches its children too
  });
  const chunks: string[] = [];
  const copy = (to: NodeJS.WriteStream) => (chunk: Buffer) => {
    chunks.push(chunk.toString());
    to.write(chunk);
  };
  child.stdout.on('data', copy(process.stdout));
  child.stderr.on('data', copy(process.stderr));

  let late = false;
  let interrupted = false;
  const timers: NodeJS.Timeout[] = [];
  const end = (signal: NodeJS.Signals) => {
    signalGroup(child.pid, signal);
    timers.push(setTimeout(() => signalGroup(child.pid, 'SIGKILL'), options.graceMs ?? drainMs));
  };
  const deadline = () => {
    late = true;
    end('SIGTERM');
  };
  timers.push(setTimeout(deadline, options.deadlineMinutes * 60_000));
  const pass = (signal: NodeJS.Signals) => {
    interrupted = true;
    end(signal);
  };
  for (const signal of signals) process.on(signal, pass);

  return new Promise((done) => {
    const finish = (code: number) => {
      for (const timer of timers) clearTimeout(timer);
      for (const signal of signals) process.off(signal, pass);
      const output = stripVTControlCharacters(chunks.join(''));
      done({ code: late ? 124 : code, output, interrupted });
    };
    child.once('error', (error) => {
      chunks.push(error.message);
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // already gone
  }
}
