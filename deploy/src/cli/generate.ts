import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { deployErrors } from '../errors.ts';
import { composeSystem } from '../profiles/compose-system.ts';
import { profiles } from '../profiles/index.ts';
import { parseOverrides } from '../profiles/overrides.ts';
import { requireProfile } from '../profiles/profile.ts';
import { filesOf, renderAll, targets } from '../render/all-targets.ts';
import { problemsOf } from '../rules/index.ts';
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

/**
 * `generate`: brings the folder in line with the model, and tells how many files that took. Removes what nothing generates
 * below `<profile>/<target>/` alone: what else is in the folder is somebody's own.
 * @throws `broken-model` when a profile, with what is set, breaks a rule: then nothing is written
 */
export function generate({ out, profile, set, dryRun }: GenerateOptions, terminal: Terminal): void {
  const startedAtMs = performance.now();
  const names = profile.length > 0 ? profile : Object.keys(profiles);
  refuseBroken(names, set);
  const files = filesOf(renderAll(system, names, set));
  const folders = names.flatMap((name) => targets.map((target) => `${name}/${target.name}`));
  const drift = driftOf(out, files, folders);
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

/** Each problem once, with the profiles that have it. */
function refuseBroken(names: readonly string[], set: readonly string[]): void {
  const overrides = parseOverrides(set);
  const found = names.flatMap((name) =>
    problemsOf(composeSystem(system, requireProfile(profiles, name), overrides)).map((problem) => ({
      name,
      problem,
    })),
  );
  const grouped = Map.groupBy(found, ({ problem }) => problem);
  const problems = [...grouped].map(
    ([problem, of]) => `${of.map(({ name }) => name).join(', ')}: ${problem}`,
  );
  if (problems.length > 0) throw deployErrors.brokenModel(problems);
}

/** Compares a folder with what should be in it. @param folders look below these alone; at everything when empty */
export function driftOf(
  out: string,
  files: ReadonlyMap<string, string>,
  folders: readonly string[] = [],
): Drift {
  const there = (folders.length > 0 ? folders : ['']).flatMap((folder) => listFiles(out, folder)).sort();
  return {
    changed: there.filter(
      (path) => files.has(path) && readFileSync(join(out, path), 'utf8') !== files.get(path),
    ),
    missing: [...files.keys()].filter((path) => !there.includes(path)),
    extra: there.filter((path) => !files.has(path)),
  };
}

function listFiles(dir: string, below: string): string[] {
  if (!existsSync(join(dir, below))) return [];
  return readdirSync(join(dir, below), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
}
