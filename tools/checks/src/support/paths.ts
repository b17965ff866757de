/** Where things are in the tree. */
import type { Workspace } from '../workspace.ts';

const projectPattern = /^(apps\/[^/]+\/[^/]+|libs\/[^/]+|tools\/[^/]+|deploy)\//;

/** The project folder a file is in, undefined for files at the root or in docs/. */
export function projectOf(file: string): string | undefined {
  return projectPattern.exec(file)?.[1];
}

/** Folders of all services that have been begun, i.e. have a `src/main.ts`. */
export function serviceRoots(workspace: Workspace): string[] {
  return workspace.files
    .filter((file) => /^apps\/[^/]+\/[^/]+\/src\/main\.ts$/.test(file))
    .map((file) => file.slice(0, -'/src/main.ts'.length));
}

/** TypeScript below `src/` of any project. */
export function sourceFiles(workspace: Workspace): string[] {
  return workspace.files.filter((file) => {
    const root = projectOf(file);
    return root !== undefined && file.startsWith(`${root}/src/`) && file.endsWith('.ts');
  });
}

/** All TypeScript of the projects, tests included, without what tests use as input. */
export function typescriptFiles(workspace: Workspace): string[] {
  return workspace.files.filter(
    (file) => file.endsWith('.ts') && !file.includes('/fixtures/') && projectOf(file) !== undefined,
  );
}

/** Sources that must be pure: every `domain/` folder. */
export function domainFiles(workspace: Workspace): string[] {
  return sourceFiles(workspace).filter((file) => file.includes('/src/domain/'));
}

/** Stores speak their own protocol, with its own errors and no HTTP routes; the rest of the mould holds for them too. */
export function speaksOtherProtocol(file: string): boolean {
  return file.startsWith('apps/data/');
}
