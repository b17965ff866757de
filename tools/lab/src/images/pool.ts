import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PrivateApt } from '../debian/private-apt.ts';
import { exists } from '../debian/root-folder.ts';
import { buildKey } from '../paths.ts';
import { type BuildOptions, build } from '../system/build.ts';
import type { PackageSource } from './definition.ts';

/** Makes /bin, /lib, … links into /usr, as on an installed Debian: older packages still have files there. */
export async function mergeUsr(root: string): Promise<void> {
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    await mkdir(join(root, 'usr', name), { recursive: true, mode: 0o755 });
    await symlink(`usr/${name}`, join(root, name));
  }
}

const UNPACK = `for deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -xf - --keep-directory-symlink --no-same-owner
done`;

/**
 * A folder with packages and all they depend on, unpacked and not installed: no maintainer script has run.
 * Kept in the cache by what is asked for; it gets its name when it is whole.
 */
export async function packagePool(
  imagesDir: string,
  { suite, packages }: PackageSource,
  options: BuildOptions,
): Promise<string> {
  const pool = join(imagesDir, 'pools', `${suite}-${buildKey(suite, ...packages)}`);
  if (await exists(pool)) return pool;
  const part = `${pool}.part`;
  await rm(part, { recursive: true, force: true });
  await mergeUsr(part);
  if (packages.length > 0) {
    const debs = `${pool}.debs`;
    const files = await new PrivateApt(join(imagesDir, 'apt', suite), suite, options).download(
      packages,
      debs,
    );
    await build({ file: 'sh', args: ['-ec', UNPACK, 'sh', ...files] }, { ...options, cwd: part });
    await rm(debs, { recursive: true });
  }
  await rename(part, pool);
  return pool;
}
