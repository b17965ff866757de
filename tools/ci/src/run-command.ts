/** Child processes of the CI commands: shown as they go, ended by a deadline together with all they started. */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** After this long the whole process group is ended. */
  readonly deadlineMinutes: number;
}

export interface CommandResult {
  /** Exit code; 124 when the deadline passed, 127 when it could not be started. */
  readonly code: number;
  /** Standard output and standard error as they were shown, without colours. */
  readonly output: string;
}

const graceMs = 10_000; // what a service needs to drain

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
  const timers = [
    setTimeout(() => {
      late = true;
      signalGroup(child.pid, 'SIGTERM');
    }, options.deadlineMinutes * 60_000),
    setTimeout(() => signalGroup(child.pid, 'SIGKILL'), options.deadlineMinutes * 60_000 + graceMs),
  ];
  const pass = (signal: NodeJS.Signals) => signalGroup(child.pid, signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);

  return new Promise((done) => {
    const finish = (code: number) => {
      for (const timer of timers) clearTimeout(timer);
      process.off('SIGINT', pass).off('SIGTERM', pass);
      done({ code: late ? 124 : code, output: stripVTControlCharacters(chunks.join('')) });
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
