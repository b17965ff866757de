import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Why no small file system can be mounted here; undefined where one can. */
export const whyNoTmpfs = (): string | undefined => {
  if (process.platform !== 'linux') return 'tmpfs is Linux’s';
  return process.getuid?.() === 0 ? undefined : 'mounting needs root';
};

/** A file system of a few MiB that lives in memory. */
export class Tmpfs {
  readonly path: string;
  #mounted = false;

  constructor(path: string) {
    this.path = path;
  }

  mount(sizeMib: number): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    must('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=0700`, 'lucid-e2e', this.path]);
    this.#mounted = true;
  }

  /** Once nothing uses it any more. Idempotent. */
  unmount(): void {
    if (!this.#mounted) return;
    must('umount', [this.path]);
    this.#mounted = false;
  }
}

function must(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
