/**
 * Type-checks one project: `node typecheck.ts <project root>`. The compiler wants a tsconfig.json; projects carry none,
 * so one that names the project's folders is written below `.nx/` and used once.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The configuration for one project; paths are relative to the folder it is written to. */
export function typecheckConfig(workspaceRoot: string, root: string, writtenTo: string): object {
  const to = (path: string): string => relative(writtenTo, join(workspaceRoot, path)).replaceAll('\\', '/');
  return {
    extends: to('tsconfig.base.json'),
    compilerOptions: { noEmit: true, typeRoots: [to('node_modules/@types')] },
    include: [to(join(root, 'src')), to(join(root, 'test'))],
  };
}

/** Returns the compiler's exit code; its findings go to stdout, with paths from the workspace root. */
export function typecheck(workspaceRoot: string, root: string): number {
  const folder = join(workspaceRoot, '.nx', 'typecheck');
  const file = join(folder, `${root.replaceAll('/', '-')}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(typecheckConfig(workspaceRoot, root, folder)));
  const compiler = join(workspaceRoot, 'node_modules', '.bin', 'tsc');
  const { status, error } = spawnSync(compiler, ['--project', file, '--pretty', 'false'], {
    cwd: workspaceRoot,
    stdio: 'inherit',
  });
  if (error) throw error;
  return status ?? 1;
}

if (import.meta.main) {
  const root = process.argv[2];
  if (root === undefined || !existsSync(resolve(root))) {
    console.error('usage: node typecheck.ts <project root>');
    process.exit(2);
  }
  process.exit(typecheck(process.cwd(), root));
}
