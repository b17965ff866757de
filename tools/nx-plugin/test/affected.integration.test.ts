import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const real = join(import.meta.dirname, '..', '..', '..');
let folder: TemporaryFolder;

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(folder.path, file)), { recursive: true });
  writeFileSync(join(folder.path, file), text);
};
const project = (root: string, files: Record<string, string>): void => {
  const name = `@lucid/${root.split('/').at(-1)}`;
  write(`${root}/package.json`, JSON.stringify({ name, version: '0.1.0', private: true, type: 'module' }));
  for (const [file, text] of Object.entries(files)) write(`${root}/${file}`, text);
};
const run = (file: string, ...args: string[]) =>
  execa(file, args, {
    cwd: folder.path,
    preferLocal: true,
    localDir: real,
    env: { NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', NX_WORKSPACE_ROOT_PATH: folder.path },
  });
const commit = async (): Promise<void> => {
  await run('git', 'add', '--all');
  await run(
    'git',
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.org',
    'commit',
    '--quiet',
    '--message=x',
  );
};

/** Ids of the tasks a change since the last commit reaches. */
async function affected(...targets: string[]): Promise<string[]> {
  const graph = join(folder.path, 'dist', 'graph.json');
  await run('nx', 'affected', '--base=HEAD', `--targets=${targets.join(',')}`, `--graph=${graph}`);
  const { tasks } = JSON.parse(readFileSync(graph, 'utf8')) as { tasks: { tasks: Record<string, unknown> } };
  return Object.keys(tasks.tasks).sort();
}

beforeAll(async () => {
  folder = temporaryFolder('affected');
  for (const file of [
    'nx.json',
    'tsconfig.base.json',
    'biome.json',
    '.gitignore',
    'vitest.config.ts',
    'package-lock.json',
  ])
    cpSync(join(real, file), join(folder.path, file));
  for (const part of ['package.json', 'src'])
    cpSync(join(real, 'tools/nx-plugin', part), join(folder.path, 'tools/nx-plugin', part), {
      recursive: true,
    });
  symlinkSync(join(real, 'node_modules'), join(folder.path, 'node_modules'));
  write(
    'package.json',
    JSON.stringify({ name: 'sample', private: true, workspaces: ['apps/*/*', 'libs/*', 'tools/*'] }),
  );
  project('libs/alpha', { 'src/index.ts': 'export const a = 1;\n', 'test/alpha.test.ts': 'export {};\n' });
  project('libs/beta', { 'src/index.ts': 'export const b = 2;\n', 'test/beta.test.ts': 'export {};\n' });
  project('apps/sessions/gamma', {
    'src/main.ts': "import { a } from '@lucid/alpha';\nconsole.log(a);\n",
    'test/gamma.test.ts': 'export {};\n',
  });
  project('apps/data/delta', {
    'src/main.ts': 'export {};\n',
    'test/delta.test.ts': "export const spawned = 'apps/sessions/gamma/src/main.ts';\n",
  });
  await run('git', 'init', '--quiet', '--initial-branch=main');
  await commit();
});
afterAll(() => folder.remove());

describe('nx affected', () => {
  test('reaches the dependants of a changed library, by their imports and by what they spawn, and nobody else', async () => {
    write('libs/alpha/src/index.ts', 'export const a = 3;\n');
    expect(await affected('test', 'build')).toEqual([
      '@lucid/alpha:test',
      '@lucid/delta:build', // an edge serves all targets, also one that only a test makes
      '@lucid/delta:test',
      '@lucid/gamma:build',
      '@lucid/gamma:test',
    ]);
    await commit();
  });

  test('does not rebuild or retest dependants for an edited test', async () => {
    write('libs/alpha/test/alpha.test.ts', 'export const changed = true;\n');
    expect(await affected('test', 'build')).toEqual(['@lucid/alpha:test']);
    await commit();
  });

  test('reaches everything when a dependency changes', async () => {
    write('package-lock.json', `${readFileSync(join(real, 'package-lock.json'), 'utf8')}\n`);
    expect(await affected('build')).toEqual(['@lucid/delta:build', '@lucid/gamma:build']);
    await commit();
  });
});

describe('the cache', () => {
  const build = async (): Promise<string> => (await run('nx', 'build', 'delta')).stdout;

  test('gives the bundle back without running, until a source changes', async () => {
    await build();
    const bundle = join(folder.path, 'apps/data/delta/dist/main.js');
    const first = readFileSync(bundle, 'utf8');
    writeFileSync(bundle, 'damaged');
    expect(await build()).toContain('read the output from the cache');
    expect(readFileSync(bundle, 'utf8')).toBe(first);
    write('apps/data/delta/src/main.ts', 'console.log(1);\n');
    expect(await build()).not.toContain('read the output from the cache');
  });
});
