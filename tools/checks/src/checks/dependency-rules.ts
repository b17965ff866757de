import { inferTags } from '@lucid/nx-plugin';
import type { Check, Finding } from '../check.ts';
import { type Edge, pathTo, projectEdges } from '../support/import-graph.ts';
import { typescriptFiles } from '../support/paths.ts';
import { importsOf } from '../support/source.ts';
import type { Workspace } from '../workspace.ts';

type Kind = 'app' | 'lib' | 'tool' | 'deploy';

/** What each kind of project may import. Apps reach each other over the network alone. */
const mayImport: Readonly<Record<Kind, readonly Kind[]>> = {
  app: ['lib', 'deploy'],
  lib: ['lib'],
  deploy: ['lib', 'app'],
  tool: ['lib', 'deploy', 'app', 'tool'],
};

/** Planes that must not reach each other, not even through libraries in between. */
const apart: Readonly<Record<string, readonly string[]>> = {
  'plane:ops': ['plane:wallet'],
  'plane:chain': ['plane:wallet'],
  'plane:wallet': ['plane:ops', 'plane:chain'],
};

export const dependencyRules: Check = {
  name: 'dependency-rules',
  rule: 'apps import no app, libs import libs alone, the wallet plane and the others never meet',
  run: (workspace) => {
    const edges = projectEdges(workspace);
    return [
      ...edges.flatMap(kindProblem),
      ...edges.flatMap(relativeProblem),
      ...planeProblems(edges),
      ...tronwebProblems(workspace),
    ];
  },
};

const tag = (root: string, prefix: string): string | undefined =>
  inferTags(root).find((it) => it.startsWith(prefix));
const kindOf = (root: string): Kind => (tag(root, 'kind:')?.slice('kind:'.length) ?? 'tool') as Kind;

function kindProblem({ from, to, file, line }: Edge): Finding[] {
  if (mayImport[kindOf(from)].includes(kindOf(to))) return [];
  return [{ file, line, reason: `${kindOf(from)} ${from} imports ${kindOf(to)} ${to}` }];
}

function relativeProblem({ to, file, line, specifier }: Edge): Finding[] {
  if (!specifier.startsWith('.')) return [];
  return [{ file, line, reason: `reaches into ${to} by path (${specifier}): import its package name` }];
}

function planeProblems(edges: readonly Edge[]): Finding[] {
  const shipped = edges.filter(({ test }) => !test);
  const starts = [...new Set(shipped.map(({ from }) => from))];
  return starts.flatMap((start) => {
    const plane = tag(start, 'plane:');
    const foreign = (root: string): boolean => (apart[plane ?? ''] ?? []).includes(tag(root, 'plane:') ?? '');
    const path = pathTo(shipped, start, foreign);
    if (path === undefined) return [];
    const first = shipped.find(({ from, to }) => from === start && to === path[1]);
    const reason = `${plane} reaches ${tag(path.at(-1) ?? '', 'plane:')}: ${path.join(' → ')}`;
    return [{ file: first?.file ?? start, line: first?.line ?? 1, reason }];
  });
}

function tronwebProblems(workspace: Workspace): Finding[] {
  const outside = typescriptFiles(workspace).filter((file) => {
    const root = file
      .split('/')
      .slice(0, file.startsWith('apps/') ? 3 : 2)
      .join('/');
    return tag(root, 'plane:') !== 'plane:wallet' && !file.startsWith('tools/');
  });
  return outside.flatMap((file) =>
    importsOf(workspace.read(file))
      .filter(({ specifier }) => /^tronweb(\/|$)/.test(specifier))
      .map(({ line }) => ({ file, line, reason: 'imports tronweb outside the wallet plane' })),
  );
}
