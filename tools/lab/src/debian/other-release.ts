import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { build } from '../system/build.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface ForeignPackage {
  readonly name: string;
  /** Debian's code name of the release it is taken from. */
  readonly suite: string;
  readonly mirror: string;
  /** Folder the package is unpacked to; it gets its name when it is whole. */
  readonly target: string;
  readonly log: string;
  readonly signal: AbortSignal;
}

/**
 * Fetches one package of another Debian release with a sources list and state folder of its own: nothing is
 * added to the machine's, nothing is installed. apt checks Debian's signature.
 */
export async function unpackForeign(input: ForeignPackage): Promise<void> {
  const { name, suite, mirror, target, log, signal } = input;
  await mkdir(join(target, '..'), { recursive: true });
  const work = await mkdtemp(`${target}.part-`);
  try {
    for (const dir of ['lists/partial', 'cache/archives/partial', 'deb'])
      await mkdir(join(work, dir), { recursive: true });
    const list = join(work, 'sources.list');
    await writeFile(list, `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`);
    const settings = {
      'Dir::Etc::sourcelist': list,
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': join(work, 'lists'),
      'Dir::Cache': join(work, 'cache'),
      'APT::Sandbox::User': 'root', // the folder may be closed to apt's own user
      'Acquire::Languages': 'none',
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    await build({ file: 'apt-get', args: [...options, 'update'] }, { log, signal });
    const cwd = join(work, 'deb');
    await build({ file: 'apt-get', args: [...options, 'download', name] }, { log, signal, cwd });
    const deb = (await readdir(cwd)).find((file) => file.endsWith('.deb'));
    if (deb === undefined) throw new LabError('BUILD_FAILED', `apt-get download ${name} fetched nothing`);
    await build({ file: 'dpkg', args: ['-x', join(cwd, deb), join(work, 'root')] }, { log, signal });
    await rm(target, { recursive: true, force: true });
    await rename(join(work, 'root'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
