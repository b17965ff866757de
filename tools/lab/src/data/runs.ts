import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type InstancePaths, instancePaths } from '../paths.ts';
import { acquireLock, lockCondition } from '../system/lock.ts';
import { stopInstance } from './instance.ts';

/** Folder of the throw-away instances of `--run`. */
export const runsDir = (cache: string): string => join(cache, 'runs');

const KEPT_LOGS = 10;

const logsDir = (cache: string): string => join(cache, 'run-logs');

/** The files of one throw-away instance; its logs lie elsewhere, for they outlive it. */
export const runPaths = (cache: string, name: string): InstancePaths =>
  instancePaths(join(runsDir(cache), name), join(logsDir(cache), name));

/** Removes a throw-away instance that is down. The logs of the last few runs are kept. */
export async function removeRun(cache: string, paths: InstancePaths): Promise<void> {
  await rm(paths.dir, { recursive: true, force: true });
  const names = await readdir(logsDir(cache)).catch(() => []);
  const aged = await Promise.all(
    names.map(async (name) => {
      const dir = join(logsDir(cache), name);
      return {
        dir,
        changedMs: await stat(dir).then(
          (s) => s.mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const old = aged.sort((x, y) => y.changedMs - x.changedMs).slice(KEPT_LOGS);
  for (const { dir } of old) await rm(dir, { recursive: true, force: true });
}

/** The throw-away instances there are, those in use included. */
export async function listRuns(cache: string): Promise<InstancePaths[]> {
  const names = await readdir(runsDir(cache)).catch(() => []);
  return names.map((name) => runPaths(cache, name));
}

/** Stops and removes the instances of runs that were killed before they could do so themselves. */
export async function stopAbandonedRuns(cache: string): Promise<number> {
  let ended = 0;
  for (const paths of await listRuns(cache)) {
    if ((await lockCondition(paths.lock)) !== 'abandoned') continue;
    await using _lock = await acquireLock(paths.lock, { timeoutMs: 60_000 });
    ended += await stopInstance(paths);
    await removeRun(cache, paths);
  }
  return ended;
}
