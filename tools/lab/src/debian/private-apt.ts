import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { type BuildOptions, build } from '../system/build.ts';
import { debianMirror } from './mirror.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * apt with lists, status and cache of its own, for a release that need not be the machine's: nothing is
 * installed, nothing of the machine's apt is read but its network settings, and root is not needed. apt checks
 * Debian's signature.
 */
export class PrivateApt {
  readonly #dir: string;
  readonly #suite: string;
  readonly #options: BuildOptions;

  /** @param dir folder for lists and settings; one per suite */
  constructor(dir: string, suite: string, options: BuildOptions) {
    this.#dir = dir;
    this.#suite = suite;
    this.#options = options;
  }

  #command(archives: string, args: readonly string[]) {
    const settings = {
      'Dir::State': join(this.#dir, 'state'),
      'Dir::State::status': join(this.#dir, 'status'), // empty: nothing is installed, so every dependency comes
      'Dir::Cache': join(this.#dir, 'cache'),
      'Dir::Cache::archives': archives,
      'Dir::Etc::sourcelist': join(this.#dir, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::Etc::preferences': '-',
      'Dir::Etc::preferencesparts': '-',
      'APT::Sandbox::User': 'root', // the folder may lie in a home that `_apt` cannot enter
      'APT::Install-Recommends': 'false',
      'APT::Get::List-Cleanup': 'false',
      'Acquire::Languages': 'none',
      'Debug::NoLocking': 'true', // the caller holds the lab's own lock
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    return { file: 'apt-get', args: ['-q', ...options, ...args] };
  }

  async #update(): Promise<void> {
    const mirror = await debianMirror();
    if (mirror === undefined) throw new LabError('CANNOT_RUN', 'the apt sources name no Debian mirror');
    for (const folder of ['state/lists/partial', 'cache'])
      await mkdir(join(this.#dir, folder), { recursive: true });
    const signedBy = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
    await writeFile(join(this.#dir, 'sources.list'), `deb ${signedBy}${mirror} ${this.#suite} main\n`);
    await writeFile(join(this.#dir, 'status'), '');
    await build(this.#command(join(this.#dir, 'cache'), ['update']), this.#options);
  }

  /** Downloads packages with everything they depend on. @returns the paths of the .deb files */
  download(packages: readonly string[], into: string): Promise<string[]> {
    return this.#fetch(['install', '--download-only', '-y', ...packages], packages, into);
  }

  /** Downloads packages and nothing they depend on. @returns the paths of the .deb files */
  downloadAlone(packages: readonly string[], into: string): Promise<string[]> {
    return this.#fetch(['download', ...packages], packages, into);
  }

  async #fetch(args: readonly string[], packages: readonly string[], into: string): Promise<string[]> {
    await this.#update();
    await rm(into, { recursive: true, force: true });
    await mkdir(join(into, 'partial'), { recursive: true });
    // `install` writes to the archives, `download` to the folder it is in: both are the same here
    await build(this.#command(into, args), { ...this.#options, cwd: into });
    const names = (await readdir(into)).filter((name) => name.endsWith('.deb')).sort();
    if (names.length === 0)
      throw new LabError('BUILD_FAILED', `apt fetched nothing for ${packages.join(' ')}`);
    return names.map((name) => join(into, name));
  }
}
