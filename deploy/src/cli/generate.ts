import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesOf, renderAll } from '../render/all-targets.ts';
import { system } from '../system.ts';
import type { Terminal } from './terminal.ts';

export interface GenerateOptions {
  readonly out: string;
  readonly profile: readonly string[];
  readonly set: readonly string[];
  readonly dryRun: boolean;
}

/** How the files in a folder differ from what is generated now. */
export interface Drift {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** `generate`: brings the folder in line with the model, and tells how many files that took. */
export function generate({ out, profile, set, dryRun }: GenerateOptions, terminal: Terminal): void {
  const startedAtMs = performance.now();
  const files = filesOf(renderAll(system, profile, set));
  const drift = driftOf(out, files, profile);
  if (!dryRun) {
    for (const path of [...drift.changed, ...drift.missing]) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      writeFileSync(join(out, path), files.get(path) ?? '');
    }
    for (const path of drift.extra) rmSync(join(out, path));
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  terminal.document({ out, files: files.size, seconds, dry_run: dryRun, ...drift });
  if (dryRun)
    for (const [what, paths] of Object.entries(drift))
      for (const path of paths) terminal.line(`${what} ${path}`);
  const { changed, missing, extra } = drift;
  terminal.line(
    `${files.size} files in ${seconds.toFixed(1)} s: ${changed.length} changed, ${missing.length} new, ${extra.length} gone${dryRun ? ' (nothing written)' : ''}`,
  );
}

/** Compares a folder with what should be in it. @param profiles look at these profiles' folders alone; all when empty */
export function driftOf(
  out: string,
  files: ReadonlyMap<string, string>,
  profiles: readonly string[] = [],
): Drift {
  const there = listFiles(out).filter(
    (path) => profiles.length === 0 || profiles.some((profile) => path.startsWith(`${profile}/`)),
  );
  return {
    changed: there.filter(
      (path) => files.has(path) && readFileSync(join(out, path), 'utf8') !== files.get(path),
    ),
    missing: [...files.keys()].filter((path) => !there.includes(path)),
    extra: there.filter((path) => !files.has(path)),
  };
}

function listFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
}
