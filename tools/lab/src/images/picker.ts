import { cp, glob, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '../errors.ts';
import { resolveIn } from './resolve-in.ts';

/** The symbolic links below a folder, as paths from the root folder. */
async function linksBelow(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink());
  return links.map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

/** Copies chosen files of a pool into the root folder of an image, with what their symbolic links point to. */
export class Picker {
  readonly #pool: string;
  readonly #stage: string;
  readonly #done = new Set<string>();

  constructor(pool: string, stage: string) {
    this.#pool = pool;
    this.#stage = stage;
  }

  async #copy(path: string): Promise<void> {
    await this.#makeFolderOf(path);
    const options = { recursive: true, verbatimSymlinks: true, force: true };
    await cp(join(this.#pool, path), join(this.#stage, path), options);
  }

  /** A link that came with its folder, or is one of the image's own (/lib), stays. */
  async #copyLink(path: string): Promise<void> {
    await this.#makeFolderOf(path);
    await symlink(await readlink(join(this.#pool, path)), join(this.#stage, path)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }

  async #makeFolderOf(path: string): Promise<void> {
    await mkdir(dirname(join(this.#stage, path)), { recursive: true, mode: 0o755 });
  }

  #isNew(path: string): boolean {
    const isNew = !this.#done.has(path);
    this.#done.add(path);
    return isNew;
  }

  /** Copies one path, whole when it is a folder. False when the pool has no such thing. */
  async path(path: string): Promise<boolean> {
    const found = await resolveIn(this.#pool, path);
    if (found === undefined) return false;
    for (const link of found.links) if (this.#isNew(link)) await this.#copyLink(link);
    if (!this.#isNew(found.path)) return true;
    await this.#copy(found.path);
    if ((await lstat(join(this.#pool, found.path))).isDirectory())
      for (const inner of await linksBelow(this.#pool, found.path)) await this.path(inner);
    return true;
  }

  /**
   * Copies what shell patterns name.
   * @throws LabError BUILD_FAILED for a pattern that names nothing: the package has changed
   */
  async patterns(patterns: readonly string[]): Promise<void> {
    for (const pattern of patterns) {
      const isPattern = /[*?[{]/.test(pattern);
      const matches: string[] = [];
      if (isPattern)
        for await (const match of glob(pattern.slice(1), { cwd: this.#pool })) matches.push(match);
      else matches.push(pattern);
      let copied = 0;
      for (const match of matches.sort()) copied += Number(await this.path(join('/', match)));
      if (copied === 0) throw new LabError('BUILD_FAILED', `no package has ${pattern}`);
    }
  }
}
