import { join } from 'node:path';
import type { Step } from '../cli/progress.ts';
import { debootstrap } from '../debian/debootstrap.ts';
import { debianMirror } from '../debian/mirror.ts';
import { buildRootFolder, exists, rootFolder } from '../debian/root-folder.ts';
import { LabError } from '../errors.ts';
import { buildFerretdb, ferretdbDir } from '../ferretdb/build.ts';
import { acquireLock, type Lock } from '../system/lock.ts';
import { thisMachine } from '../this-machine.ts';
import type { Lab } from './lab.ts';

const BUILD_LOCK_TIMEOUT_MS = 30 * 60_000;

/** One build at a time in a cache folder; a second run waits and then finds everything built. */
export async function buildLock(lab: Lab, note: (line: string) => void): Promise<Lock> {
  return acquireLock(join(lab.cache, 'build.lock'), {
    timeoutMs: BUILD_LOCK_TIMEOUT_MS,
    signal: lab.signal,
    onWait: (pid) => note(`waiting for the build of process ${pid}`),
  });
}

/** The steps that build what is not in the cache folder yet. */
export function buildSteps(lab: Lab): Step[] {
  return [
    {
      title: 'PostgreSQL 18 with DocumentDB',
      async run(note) {
        if (await exists(await rootFolder(lab.cache))) return note('already built');
        await using _lock = await buildLock(lab, note);
        if (await exists(await rootFolder(lab.cache))) return;
        const mirror = await debianMirror();
        if (mirror === undefined) throw new LabError('CANNOT_RUN', 'the apt sources name no Debian mirror');
        const installed = await thisMachine(lab.cache, lab.env).hasTool('debootstrap');
        const tool = await debootstrap(lab.cache, installed, lab.signal);
        const { cache, env, signal } = lab;
        await buildRootFolder({ cache, mirror, debootstrap: tool, env, signal, note });
      },
    },
    {
      title: 'FerretDB 2.7',
      async run(note) {
        if (await exists(await ferretdbDir(lab.cache))) return note('already built');
        await using _lock = await buildLock(lab, note);
        if (await exists(await ferretdbDir(lab.cache))) return;
        note('go build');
        await buildFerretdb(lab.cache, lab.signal);
      },
    },
  ];
}
