/**
 * The short name of a project: the last part of its folder, which is its package name without the scope. Nx calls the
 * project `@lucid/<short name>` (from package.json) and takes the short one on the command line: `nx test merkle`.
 */
export function projectName(root: string): string {
  return root.split('/').at(-1) ?? root;
}
