/** What files mean, as findings: freshly rendered ones against the model, those in the folder against the fresh ones. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Rendered } from '../render/all-targets.ts';
import type { CanonicalGraph } from '../render/canonical.ts';
import { canonicalOf } from '../render/canonical-of.ts';
import { differencesBetween, unfounded, untold } from '../render/equivalence.ts';
import type { Finding } from './finding.ts';

/** Beside the target's own files, for people and programs; not part of what is applied. */
const LOSSES = 'losses.json';

/** Reads a rendering back, and what the folder holds instead of it. @param generated folder of the committed files */
export function compareMeaning(one: Rendered, generated: string): Finding[] {
  const where = `${one.profile}/${one.target.name}`;
  const fresh = understood(one, one.rendering.files, where);
  if ('problem' in fresh) return [fresh];
  const there = filesBelow(join(generated, where));
  const isSame =
    there.size === one.rendering.files.size &&
    [...there].every(([path, text]) => one.rendering.files.get(path) === text);
  const committed = isSame || there.size === 0 ? [] : committedFindings(one, fresh, there, where);
  return [...renderingFindings(one, fresh, where), ...committed];
}

function understood(
  { target }: Rendered,
  files: ReadonlyMap<string, string>,
  where: string,
): CanonicalGraph | Finding {
  try {
    return target.parse(files);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { check: 'unreadable', where, problem: error.message };
  }
}

function renderingFindings({ system, rendering }: Rendered, graph: CanonicalGraph, where: string): Finding[] {
  const differences = differencesBetween(canonicalOf(system), graph);
  return [
    ...untold(differences, rendering.losses).map(
      ({ service, field, model, target }): Finding => ({
        check: 'equivalence',
        where,
        problem: `${service}.${field} is ${model} in the model and ${target} here, and no loss says so`,
      }),
    ),
    ...unfounded(differences, rendering.losses).map(
      ({ service, field }): Finding => ({
        check: 'losses',
        where,
        problem: `${service}.${field} is told as a loss, but nothing is lost`,
      }),
    ),
  ];
}

/** A changed file is drift already; this tells what the change means. No loss excuses it: the fresh files have those too. */
function committedFindings(
  one: Rendered,
  fresh: CanonicalGraph,
  files: ReadonlyMap<string, string>,
  where: string,
): Finding[] {
  const committed = understood(one, files, where);
  if ('problem' in committed) return [committed];
  return differencesBetween(fresh, committed).map(
    ({ service, field, model, target }): Finding => ({
      check: 'equivalence',
      where,
      problem: `${service}.${field} is ${target} in the folder, where ${model} is generated`,
    }),
  );
}

/** Texts by path relative to the folder; nothing when it is not there. */
function filesBelow(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return new Map(
    paths.filter((path) => path !== LOSSES).map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}
