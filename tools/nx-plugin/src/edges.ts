/** Turns what the files refer to into the edges Nx wants. Pure; `createDependencies` of the plugin calls it. */
import { DependencyType, type RawProjectGraphDependency } from '@nx/devkit';
import { projectName } from './project-name.ts';
import type { References } from './references.ts';

export interface KnownProject {
  readonly project: string;
  readonly root: string;
}

export interface ScannedFile extends References {
  readonly project: string;
  /** Path from the workspace root. */
  readonly file: string;
}

/** One static edge per file and project it refers to; references to itself or to nothing known make none. */
export function rawEdges(
  known: readonly KnownProject[],
  files: readonly ScannedFile[],
): RawProjectGraphDependency[] {
  const byRoot = new Map(known.map(({ project, root }) => [root, project]));
  const byPackage = new Map(known.map(({ project, root }) => [projectName(root), project]));
  return files.flatMap(({ project, file, packages, folders }) => {
    const targets = [...packages.map((it) => byPackage.get(it)), ...folders.map((it) => byRoot.get(it))];
    return [...new Set(targets)]
      .filter((target): target is string => target !== undefined && target !== project)
      .map((target) => ({ source: project, target, sourceFile: file, type: DependencyType.static }) as const);
  });
}
