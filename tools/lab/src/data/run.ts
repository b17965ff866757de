import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { execa } from 'execa';
import { LabError, throwIfAborted } from '../errors.ts';
import { instancePaths } from '../paths.ts';
import { stopInstance } from './instance.ts';
import type { Lab } from './lab.ts';
import { removeRun, runPaths } from './runs.ts';
import { lockInstance, prepare, runningUri, startInstance } from './up.ts';

/** The name of the variable that the contract suites read the server's address from. */
export const URI_VARIABLE = 'MONGODB_TEST_URI';

/**
 * Runs the command with our standard streams and environment plus the address. Signals that
 * reach us are passed on, and it has the last word: we wait until it has ended.
 * @returns its exit code; 128 + n when signal n ended it; 127 when it could not be started
 */
export async function runCommand(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [file = '', ...args] = command;
  const child = execa(file, args, { stdio: 'inherit', reject: false, env, extendEnv: false });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  // Ctrl-C on a terminal reaches the command directly; passed on it would count as a second one.
  const names: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', ...(process.stdin.isTTY ? [] : ['SIGINT' as const])];
  for (const name of names) process.on(name, forward);
  const result = await child;
  for (const name of names) process.off(name, forward);
  if (result.exitCode !== undefined) return result.exitCode;
  if (result.signal !== undefined) return 128 + constants.signals[result.signal as NodeJS.Signals];
  process.stderr.write(`${result.shortMessage ?? `${file} could not be started`}\n`);
  return 127;
}

/**
 * Brings an instance up, runs the command, brings it down whatever happens. Without a folder of the
 * caller's it is a throw-away one with its own data and port, so any number can run side by side.
 * @returns the command's exit code
 */
export async function runWithInstance(
  lab: Lab,
  stateDir: string | undefined,
  fresh: boolean,
  command: readonly string[],
): Promise<number> {
  await prepare(lab);
  const name = randomBytes(6).toString('hex');
  const paths = stateDir === undefined ? runPaths(lab.cache, name) : instancePaths(stateDir);
  await using _lock = await lockInstance(lab, paths);
  if (stateDir !== undefined && (await runningUri(paths)) !== undefined)
    throw new LabError('ALREADY_UP', `an instance is up in ${stateDir}: bring it down first`);
  try {
    const uri = await startInstance(lab, paths, fresh);
    throwIfAborted(lab.signal);
    return await runCommand(command, { ...lab.env, [URI_VARIABLE]: uri });
  } finally {
    await stopInstance(paths);
    if (stateDir === undefined) await removeRun(lab.cache, paths);
  }
}
