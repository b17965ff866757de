import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const IGNORED = new Set(['node_modules', 'dist', 'test', 'README.md', '.git']);

/** Newest modification below the given paths, in epoch milliseconds; folders count too, so a deletion is seen. 0 when none is there. */
export function newestChangeMs(paths: readonly string[]): number {
  return Math.max(0, ...paths.map(newestBelow));
}

function newestBelow(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const entries = readdirSync(path).filter((entry) => !IGNORED.has(entry));
  return Math.max(stat.mtimeMs, ...entries.map((entry) => newestBelow(join(path, entry))));
}
