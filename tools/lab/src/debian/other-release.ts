import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from '../system/build.ts';
import { PrivateApt } from './private-apt.ts';

export interface ForeignPackage {
  readonly name: string;
  /** Debian's code name of the release it is taken from. */
  readonly suite: string;
  /** Folder the package is unpacked to; it gets its name when it is whole. */
  readonly target: string;
}

/** Fetches one package of another Debian release and unpacks it: nothing is added to the machine's apt or installed. */
export async function unpackForeign(
  { name, suite, target }: ForeignPackage,
  options: BuildOptions,
): Promise<void> {
  await mkdir(join(target, '..'), { recursive: true });
  const work = await mkdtemp(`${target}.part-`);
  try {
    const apt = new PrivateApt(join(work, 'apt'), suite, options);
    const [deb = ''] = await apt.downloadAlone([name], join(work, 'deb'));
    await build({ file: 'dpkg', args: ['-x', deb, join(work, 'root')] }, options);
    await rm(target, { recursive: true, force: true });
    await rename(join(work, 'root'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
