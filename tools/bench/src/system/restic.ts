import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../benchmark.ts';
import { missingPrograms } from './programs.ts';
import { runTimed, type TimedRun } from './run-timed.ts';

/** `auto` compresses with zstd at its default level. */
export type ResticCompression = 'auto' | 'off';

const VERSION = /^restic (\d+)\.(\d+)/;
/** The first that compresses. */
const [LEAST_MAJOR, LEAST_MINOR] = [0, 14];

export interface ResticRun extends TimedRun {
  /** Of these seconds, what opening a repository takes whatever is backed up: its key is meant to be slow to derive. */
  readonly openingSeconds: number;
}

/** Other people's way of bringing bytes compressed, encrypted and hashed to a local disk. */
export class Restic {
  readonly version: string;
  readonly #bench: Bench;
  readonly #folder: string;

  private constructor(bench: Bench, version: string) {
    this.version = version;
    this.#bench = bench;
    this.#folder = bench.folder('restic');
  }

  /** @returns undefined where it is not there or too old, which is noted */
  static async find(bench: Bench): Promise<Restic | undefined> {
    const missing = await missingPrograms(['restic']);
    if (missing.length > 0) {
      bench.note('no restic here (Debian package `restic`): no ratio against it');
      return undefined;
    }
    const { stdout } = await runTimed(bench.belongings, 'restic version');
    const [, major, minor] = VERSION.exec(stdout) ?? [];
    const isOld =
      Number(major) < LEAST_MAJOR || (Number(major) === LEAST_MAJOR && Number(minor) < LEAST_MINOR);
    if (major === undefined || isOld) {
      bench.note(`${stdout.split('\n')[0]} does not compress: no ratio against it`);
      return undefined;
    }
    const version = stdout.split(' ').slice(0, 2).join(' ');
    bench.note(
      `${version}: content-defined blobs, SHA-256, zstd, AES-256-CTR with Poly1305, packs of 16 MiB, each fsynced; a new local repository each time, no cache; the time to open it (key derivation) is taken off`,
    );
    return new Restic(bench, version);
  }

  /** Backs these files up into a new repository, which goes again. */
  async backup(files: readonly string[], compression: ResticCompression): Promise<ResticRun> {
    const repository = join(this.#folder, randomBytes(4).toString('hex'));
    mkdirSync(repository);
    const env = { RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: randomBytes(12).toString('hex') };
    const restic = (...args: string[]) =>
      runTimed(this.#bench.belongings, 'restic --quiet --no-cache "$@"', { args, env });
    try {
      await restic('init', '--repository-version', '2');
      const opening = await restic('cat', 'config');
      const whole = await restic('backup', '--compression', compression, ...files);
      return {
        ...whole,
        wallSeconds: whole.wallSeconds - opening.wallSeconds,
        cpuSeconds: whole.cpuSeconds - opening.cpuSeconds,
        openingSeconds: opening.wallSeconds,
      };
    } finally {
      rmSync(repository, { recursive: true, force: true });
    }
  }
}
