import { access, chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { buildKey, SOURCES } from '../paths.ts';
import { build } from '../system/build.ts';
import { mountsUnder } from '../system/mounts.ts';
import type { CommandLine } from './enter.ts';
import { enterToBuild } from './enter.ts';
import { parsePackages } from './packages.ts';

/** PostgreSQL 18 with DocumentDB 1.0 is in Debian's rolling release only; packages.txt pins the versions. */
const SUITE = 'sid';

/** The root folder's place; its name changes with the package list, so another list builds another folder. */
export async function rootFolder(cache: string): Promise<string> {
  return join(cache, `postgres-${buildKey(SUITE, await readFile(SOURCES.packages, 'utf8'))}`);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function removeFolder(dir: string): Promise<void> {
  const mounts = await mountsUnder(dir);
  if (mounts.length > 0) throw new LabError('BUILD_FAILED', `still mounted: ${mounts.join(', ')}`);
  await rm(dir, { recursive: true, force: true });
}

export interface RootFolderInput {
  readonly cache: string;
  readonly mirror: string;
  readonly debootstrap: CommandLine;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
}

/**
 * Builds the Debian root folder (about 1 GB) in a `.part` folder and renames it when it is whole: what has
 * the final name is complete, what an interrupted build left is thrown away by the next one.
 */
export async function buildRootFolder(input: RootFolderInput): Promise<string> {
  const { cache, mirror, signal, note } = input;
  const target = await rootFolder(cache);
  const part = `${target}.part`;
  const log = join(cache, 'logs', 'root-folder.log');
  await removeFolder(part);
  await mkdir(part, { recursive: true });
  const { file, args } = input.debootstrap;
  // Within https mirrors apt of the new folder needs certificates; the base set has none.
  const extra = mirror.startsWith('https:') ? ['--include=ca-certificates'] : [];
  const options = ['--variant=minbase', '--force-check-gpg', ...extra, SUITE, part, mirror];
  note(`Debian ${SUITE}, base system`);
  const namespaces = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  await build({ file: 'unshare', args: [...namespaces, file, ...args, ...options] }, { log, signal });

  await writeFile(join(part, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n');
  await chmod(join(part, 'usr/sbin/policy-rc.d'), 0o755);
  await mkdir(join(part, 'etc/postgresql-common'), { recursive: true });
  await writeFile(join(part, 'etc/postgresql-common/createcluster.conf'), 'create_main_cluster = false\n');
  for (const mountPoint of ['instance', 'opt/lab']) await mkdir(join(part, mountPoint), { recursive: true });
  await chmod(part, 0o755);

  const packages = parsePackages(await readFile(SOURCES.packages, 'utf8'));
  note(packages.join(' '));
  const quiet = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'Dpkg::Options::=--force-confold'];
  const install = [...quiet, 'install', '-y', '--no-install-recommends', ...packages];
  await build(enterToBuild(part, input.env, install), { log, signal });
  await build(enterToBuild(part, input.env, ['apt-get', 'clean']), { log, signal });
  await rename(part, target);
  return target;
}
