import { readFile, realpath, rm } from 'node:fs/promises';
import { whyNot } from '../can-run.ts';
import { rootFolder } from '../debian/root-folder.ts';
import { LabError } from '../errors.ts';
import { ferretdbDir } from '../ferretdb/build.ts';
import { answers } from '../ferretdb/serve.ts';
import type { InstancePaths } from '../paths.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { thisMachine } from '../this-machine.ts';
import { mongodbUri } from './credentials.ts';
import { Instance, stopInstance } from './instance.ts';
import type { Lab } from './lab.ts';
import { buildSteps } from './prepare.ts';
import { stopAbandonedRuns } from './runs.ts';
import { conditionOf, readState } from './state.ts';

/** The lock of an instance: whoever starts, stops or uses it up holds it. */
export async function lockInstance(lab: Lab, paths: InstancePaths): Promise<Lock> {
  return acquireLock(paths.lock, {
    timeoutMs: 15 * 60_000,
    signal: lab.signal,
    onWait: (pid) => process.stderr.write(`waiting for lab process ${pid}\n`),
  });
}

/** Builds what is missing. @throws LabError CANNOT_RUN with the reason on a machine that cannot. */
export async function prepare(lab: Lab): Promise<void> {
  const reason = await whyNot(thisMachine(lab.cache, lab.env));
  if (reason !== undefined) throw new LabError('CANNOT_RUN', reason);
  await stopAbandonedRuns(lab.cache);
  await lab.progress(buildSteps(lab));
}

/** The address of an instance that is up and answers, else `undefined`. */
export async function runningUri(paths: InstancePaths): Promise<string | undefined> {
  const state = await readState(paths.state);
  if ((await conditionOf(state)) !== 'up' || state?.port === undefined) return undefined;
  const password = await readFile(paths.password, 'utf8').catch(() => undefined);
  if (password === undefined) return undefined;
  const uri = await mongodbUri(paths.password, state.host, state.port);
  return (await answers(uri)) ? uri : undefined;
}

/**
 * Brings an instance up under a lock the caller holds, or finds it up already. All or nothing: when
 * anything fails, everything started so far is stopped before the error goes on.
 */
export async function startInstance(lab: Lab, paths: InstancePaths, fresh: boolean): Promise<string> {
  const running = fresh ? undefined : await runningUri(paths);
  if (running !== undefined) return running;
  await stopInstance(paths);
  if (fresh) await rm(paths.store, { recursive: true, force: true });
  const built = {
    rootDir: await realpath(await rootFolder(lab.cache)),
    binDir: await ferretdbDir(lab.cache),
  };
  const instance = new Instance(paths, built, lab.signal);
  let uri = '';
  try {
    await lab.progress([
      { title: 'Starting PostgreSQL', run: () => instance.startPostgres() },
      {
        title: 'Starting FerretDB',
        async run() {
          uri = await instance.startFerretdb();
        },
      },
    ]);
  } catch (error) {
    await stopInstance(paths);
    throw error;
  }
  return uri;
}
