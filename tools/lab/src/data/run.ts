import { randomBytes } from 'node:crypto';
import { LabError, throwIfAborted } from '../errors.ts';
import { instancePaths } from '../paths.ts';
import { runCommand } from '../system/run-command.ts';
import { stopInstance } from './instance.ts';
import type { Lab } from './lab.ts';
import { removeRun, runPaths } from './runs.ts';
import { lockInstance, prepare, runningUri, startInstance } from './up.ts';

/** The name of the variable that the contract suites read the server's address from. */
export const URI_VARIABLE = 'MONGODB_TEST_URI';

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
