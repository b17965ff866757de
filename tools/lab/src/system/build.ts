import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import type { CommandLine } from '../debian/enter.ts';
import { LabError, throwIfAborted } from '../errors.ts';
import { tail } from './tail.ts';

export interface BuildOptions {
  readonly log: string;
  readonly signal: AbortSignal;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/**
 * Runs one command of a build with its output in a log.
 * @throws LabError BUILD_FAILED with the log's tail, ABORTED when the signal ended it.
 */
export async function build(command: CommandLine, options: BuildOptions): Promise<void> {
  const { log, signal, cwd, env } = options;
  throwIfAborted(signal);
  await mkdir(dirname(log), { recursive: true });
  const output = { file: log, append: true };
  const result = await execa(command.file, command.args, {
    stdin: 'ignore',
    stdout: output,
    stderr: output,
    buffer: false,
    reject: false,
    cancelSignal: signal,
    killSignal: 'SIGKILL', // `unshare --fork` ignores the polite ones
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  });
  throwIfAborted(signal);
  if (result.failed)
    throw new LabError(
      'BUILD_FAILED',
      `${result.shortMessage ?? command.file} (log: ${log})`,
      await tail(log),
    );
}
