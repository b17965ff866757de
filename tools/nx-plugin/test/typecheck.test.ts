import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

const workspace = join(import.meta.dirname, '..', '..', '..');
const script = join(import.meta.dirname, '..', 'src', 'tasks', 'typecheck.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lucid-typecheck-'));
  await mkdir(join(folder, 'libs', 'sample', 'src'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(workspace, 'node_modules'), join(folder, 'node_modules'));
  await symlink(join(workspace, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = async (source: string) => {
  await writeFile(join(folder, 'libs', 'sample', 'src', 'index.ts'), source);
  return execa(process.execPath, [script, 'libs/sample'], { cwd: folder, reject: false });
};

test('passes a project whose types hold, with the strict flags and Node’s types', async () => {
  const result = await check("import { sep } from 'node:path';\nexport const separator: string = sep;\n");
  expect(result.stdout).toBe('');
  expect(result.exitCode).toBe(0);
});

test('fails with file and line when they do not', async () => {
  const result = await check('export const port: number = process.env.PORT;\n');
  expect(result.exitCode).not.toBe(0);
  expect(result.stdout).toContain('libs/sample/src/index.ts(1,14): error TS2322');
});
