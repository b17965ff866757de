import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type InstancePaths, instancePaths } from '../paths.ts';
import { acquireLock, lockCondition } from '../system/lock.ts';
import { stopInstance } from './instance.ts';

/** Folder of the throw-away instances of `--run`. */
export const runsDir = (cache: string): string => join(cache, 'runs');

/** Removes a throw-away instance that is down; its logs stay until the next run ends. */
export async function removeRun(cache: string, paths: InstancePaths): Promise<void> {
  const kept = join(cache, 'last-run-logs');
  await rm(kept, { recursive: true, force: true });
  await rename(paths.logs, kept).catch(() => undefined); // a run that failed early has no logs
  await rm(paths.dir, { recursive: true, force: true });
}

/** The throw-away instances there are, those in use included. */
export async function listRuns(cache: string): Promise<InstancePaths[]> {
  const names = await readdir(runsDir(cache)).catch(() => []);
  return names.map((name) => instancePaths(join(runsDir(cache), name)));
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
