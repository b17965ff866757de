/**
 * Runs one project's tests: `node test.ts <project root> [--e2e] [vitest arguments…]`. Beside the readable report it
 * writes `dist/test-results/<project>.{test,e2e}.json`, which `npm test` sums up; Nx caches the file with the task.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectName } from '../project-name.ts';

/** vitest's arguments for a project. Which files belong to `--e2e` is decided by `LUCID_TEST_KIND` in vitest.config.ts. */
export function vitestArguments(root: string, resultFile: string, extra: readonly string[]): string[] {
  return [
    'run',
    `--config=vitest.config.ts`,
    `--root=.`,
    `--dir=${root}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${resultFile}`,
    ...extra,
  ];
}

async function main(): Promise<number> {
  const [root, ...rest] = process.argv.slice(2);
  if (root === undefined || !existsSync(resolve(root))) {
    console.error('usage: node test.ts <project root> [--e2e] [vitest arguments…]');
    return 2;
  }
  const kind = rest.includes('--e2e') ? 'e2e' : 'test';
  const resultFile = join('dist', 'test-results', `${projectName(root)}.${kind}.json`);
  rmSync(resultFile, { force: true });
  const extra = rest.filter((argument) => argument !== '--e2e');
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', ...vitestArguments(root, resultFile, extra)],
    {
      stdio: 'inherit',
      env: { ...process.env, LUCID_TEST_KIND: kind },
    },
  );
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => done(signal === null ? (code ?? 1) : 1));
  });
}

if (import.meta.main) process.exit(await main());
