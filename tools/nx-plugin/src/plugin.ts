/**
 * The Nx plugin of this workspace, named in nx.json. It reads the folders and says which projects there are, which
 * targets they have and who imports whom; no project carries a list of its own. It never runs a task itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CreateDependencies, CreateNodes } from '@nx/devkit';
import { rawEdges } from './edges.ts';
import { inferProject } from './infer-project.ts';
import { findReferences } from './references.ts';
import { workspaceProject } from './workspace-project.ts';

export { postTasksExecution } from './task-outcomes.ts';

export const name = '@lucid/nx-plugin';

/** Folders whose package.json makes a project: the `workspaces` of the root package.json, and the root itself. */
export const projectGlob = '{package.json,{apps/*/*,libs/*,deploy,tools/*}/package.json}';

export const createNodes: CreateNodes = [
  projectGlob,
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file);
      const project =
        root === '.' ? workspaceProject : inferProject(root, filesOf(join(workspaceRoot, root)));
      return [file, { projects: { [root]: project } }] as const;
    }),
];

export const createDependencies: CreateDependencies = (
  _options,
  { projects, filesToProcess, workspaceRoot },
) => {
  const known = Object.entries(projects).map(([project, { root }]) => ({ project, root }));
  const changed = Object.entries(filesToProcess.projectFileMap).flatMap(([project, entries]) =>
    entries
      .filter(({ file }) => /\.(ts|mts|mjs|js)$/.test(file))
      .map(({ file }) => ({
        project,
        file,
        ...findReferences(readFileSync(join(workspaceRoot, file), 'utf8')),
      })),
  );
  return rawEdges(known, changed);
};

/** Every file below a project's folder, relative to it; what is built or installed there is left out. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file));
}
