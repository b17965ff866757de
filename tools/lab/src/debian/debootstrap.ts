import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '../errors.ts';
import type { CommandLine } from './enter.ts';

/** Whether apt could hand out debootstrap: it has a version of it on its list. */
export async function aptKnowsDebootstrap(): Promise<boolean> {
  const { stdout } = await execa('apt-cache', ['policy', 'debootstrap'], {
    reject: false,
    env: { LC_ALL: 'C' },
  });
  return /Candidate: (?!\(none\))\S/.test(String(stdout ?? ''));
}

/**
 * The command to start debootstrap with: the machine's own, else the package fetched by apt and unpacked
 * into the cache folder, so that nothing is installed on the machine.
 */
export async function debootstrap(
  cache: string,
  installed: boolean,
  signal: AbortSignal,
): Promise<CommandLine> {
  if (installed) return { file: 'debootstrap', args: [] };
  const home = join(cache, 'debootstrap');
  const command = {
    file: 'env',
    args: [`DEBOOTSTRAP_DIR=${home}/usr/share/debootstrap`, 'sh', `${home}/usr/sbin/debootstrap`],
  };
  if ((await readdir(home).catch(() => [])).length > 0) return command;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'debootstrap.part-'));
  try {
    const options = { cwd: work, cancelSignal: signal };
    await execa('apt-get', ['download', 'debootstrap'], options);
    const deb = (await readdir(work)).find((name) => name.endsWith('.deb'));
    if (deb === undefined) throw new LabError('BUILD_FAILED', 'apt-get download debootstrap fetched nothing');
    await execa('dpkg', ['-x', deb, 'x'], options);
    await rm(home, { recursive: true, force: true });
    await rename(join(work, 'x'), home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return command;
}
