import { cp, glob, lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '../debian/root-folder.ts';
import { LabError } from '../errors.ts';
import { resolveIn } from './resolve-in.ts';

/** Every file, link and folder below a folder, as paths from the root folder. */
async function below(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(root.length));
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
    const target = join(this.#stage, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await cp(join(this.#pool, path), target, { recursive: true, verbatimSymlinks: true, force: true });
  }

  /** Copies one path, whole when it is a folder. False when the pool has no such thing. */
  async path(path: string): Promise<boolean> {
    const found = await resolveIn(this.#pool, path);
    if (found === undefined) return false;
    for (const place of [...found.links, found.path]) {
      if (this.#done.has(place)) continue;
      this.#done.add(place);
      const isLink = found.links.includes(place);
      if (isLink && (await exists(join(this.#stage, place)))) continue;
      await this.#copy(place);
      if (isLink || !(await lstat(join(this.#pool, place))).isDirectory()) continue;
      for (const inner of await below(this.#pool, place))
        if ((await lstat(join(this.#pool, inner))).isSymbolicLink()) await this.path(inner);
    }
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
