import { lstat, readlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

export interface Resolved {
  /** The symbolic links on the way, each as a path without links in its folder part. */
  readonly links: readonly string[];
  /** The place it really is, as a path from the root folder. */
  readonly path: string;
}

const MOST_LINKS = 40; // as the kernel does

/**
 * Follows a path as if `root` were /: an absolute link stays inside. Paths begin with a slash.
 * @returns undefined when there is nothing at its end
 */
export async function resolveIn(root: string, path: string): Promise<Resolved | undefined> {
  const links: string[] = [];
  let left = normalize(path).split('/').filter(Boolean);
  let here = '/';
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const place = join(here, next);
    const stat = await lstat(join(root, place)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (stat === undefined || links.length > MOST_LINKS) return undefined;
    if (!stat.isSymbolicLink()) {
      here = place;
      continue;
    }
    links.push(place);
    const target = join(
      '/',
      await readlink(join(root, place)).then((to) => (to.startsWith('/') ? to : join(dirname(place), to))),
    );
    left = [...target.split('/').filter(Boolean), ...left];
    here = '/';
  }
  return { links, path: here };
}
