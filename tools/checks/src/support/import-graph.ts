/** Who imports whom: project by project, and file by file within one. */
import type { Workspace } from '../workspace.ts';
import { projectOf, typescriptFiles } from './paths.ts';
import { importsOf } from './source.ts';

export interface Edge {
  /** Project folders. */
  readonly from: string;
  readonly to: string;
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  readonly test: boolean;
}

/** Every import of one project by another, by package name or by a path that leaves the project. */
export function projectEdges(workspace: Workspace): Edge[] {
  const byName = new Map(
    workspace.files.flatMap((file) => {
      const root = file.endsWith('/package.json') ? file.slice(0, -'/package.json'.length) : undefined;
      return root !== undefined && projectOf(file) === root
        ? [[packageName(workspace.read(file)), root] as const]
        : [];
    }),
  );
  return typescriptFiles(workspace).flatMap((file) => {
    const from = projectOf(file);
    if (from === undefined) return [];
    return importsOf(workspace.read(file)).flatMap(({ specifier, line }) => {
      const to = specifier.startsWith('.')
        ? projectOf(resolveFrom(file, specifier))
        : byName.get(specifier.split('/').slice(0, 2).join('/'));
      return to === undefined || to === from
        ? []
        : [{ from, to, file, line, specifier, test: /\/test\//.test(file) }];
    });
  });
}

/** An import of one file by another of the same project. */
export interface FileImport {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

/** What each TypeScript file imports of its own project, types included. In the order of the files. */
export function fileImports(workspace: Workspace): Map<string, FileImport[]> {
  const files = typescriptFiles(workspace);
  const known = new Set(files);
  return new Map(
    files.map((from) => [
      from,
      importsOf(workspace.read(from))
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier, line }) => ({ from, to: resolveFrom(from, specifier), line }))
        .filter(({ to }) => known.has(to) && projectOf(to) === projectOf(from)),
    ]),
  );
}

/** The shortest way over imports from one file to another, or back to itself; empty when there is none. */
export function wayTo(
  graph: ReadonlyMap<string, readonly FileImport[]>,
  start: string,
  target: string,
): FileImport[] {
  const ways: FileImport[][] = (graph.get(start) ?? []).map((step) => [step]);
  const seen = new Set<string>();
  for (const way of ways) {
    const last = way.at(-1)?.to ?? start;
    if (last === target) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    for (const step of graph.get(last) ?? []) ways.push([...way, step]);
  }
  return [];
}

/** The shortest chain of projects from `start` to one that `isTarget` accepts, following `edges`. */
export function pathTo(
  edges: readonly Edge[],
  start: string,
  isTarget: (root: string) => boolean,
): string[] | undefined {
  const paths = [[start]];
  const seen = new Set([start]);
  for (const path of paths) {
    const last = path.at(-1) ?? start;
    if (last !== start && isTarget(last)) return path;
    for (const { to } of edges.filter(({ from }) => from === last)) {
      if (seen.has(to)) continue;
      seen.add(to);
      paths.push([...path, to]);
    }
  }
  return undefined;
}

function packageName(text: string): string {
  return (JSON.parse(text) as { name?: string }).name ?? '';
}

/** `libs/a/src/x.ts` + `../../b/y.ts` → `libs/b/y.ts`. */
function resolveFrom(file: string, specifier: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
