import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { deployErrors } from '../../errors.ts';
import type { Captured, InstanceStatus } from '../engine.ts';

/** Like `execBeside`, giving back what was written. */
export async function captureBeside(
  instance: InstanceStatus,
  [program = '', ...args]: readonly string[],
  cwd: string,
): Promise<Captured> {
  const options = { cwd, env: environmentOf(instance), extendEnv: false, reject: false } as const;
  const { exitCode, stdout, stderr, shortMessage } = await execa(program, args, options);
  return { exitCode: exitCode ?? 1, stdout: stdout ?? '', stderr: stderr || shortMessage || '' };
}

/** Runs a command with the environment of a running instance, on this terminal. Resolves with its exit code. */
export async function execBeside(
  instance: InstanceStatus,
  command: readonly string[],
  cwd: string,
): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) throw deployErrors.usage('exec: say which command to run');
  const child = spawn(program, args, { cwd, env: environmentOf(instance), stdio: 'inherit' });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const [code] = await ended.catch((error: Error) => {
    throw deployErrors.usage(`exec: ${error.message}`);
  });
  return code ?? 1;
}

function environmentOf({ id, pid }: InstanceStatus): NodeJS.ProcessEnv {
  try {
    const text = readFileSync(`/proc/${pid}/environ`, 'utf8');
    return Object.fromEntries(
      text
        .split('\0')
        .filter((entry) => entry.includes('='))
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw deployErrors.unexpected(`the environment of ${id} cannot be read (${reason})`);
  }
}
