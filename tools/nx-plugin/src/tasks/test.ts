/**
 * Runs one project's tests: `node test.ts <project root> [--e2e] [vitest arguments…]`. Beside the readable report it
 * writes `dist/test-results/<project>.{test,e2e}.json`, which `npm test` sums up; Nx caches the file with the task.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resultFile, type TestKind } from '../result-file.ts';
import { resultFileVariable } from './result-reporter.ts';

/** vitest's arguments for some folders or files. Which kind of test runs is decided in vitest.config.ts. */
export function vitestArguments(paths: readonly string[], extra: readonly string[] = []): string[] {
  const reporter = 'tools/nx-plugin/src/tasks/result-reporter.ts';
  return [
    'run',
    '--config=vitest.config.ts',
    '--reporter=default',
    `--reporter=./${reporter}`,
    ...paths,
    ...extra,
  ];
}

/** Runs vitest in the workspace root. @returns its exit code, 1 when a signal ended it */
export async function runVitest(kind: TestKind, file: string, given: readonly string[]): Promise<number> {
  rmSync(file, { force: true });
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...given], {
    stdio: 'inherit',
    env: { ...unquarrelling(process.env), LUCID_TEST_KIND: kind, [resultFileVariable]: resolve(file) },
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => done(signal === null ? (code ?? 1) : 1));
  });
}

/** Nx wants colour of everybody. Beside a NO_COLOR, Node warns of that in every process that a test starts and listens to. */
function unquarrelling({ FORCE_COLOR, ...rest }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return rest.NO_COLOR || FORCE_COLOR === undefined ? rest : { ...rest, FORCE_COLOR };
}

async function main(): Promise<number> {
  const [root, ...rest] = process.argv.slice(2);
  if (root === undefined || !existsSync(join(root, 'test'))) {
    console.error('usage: node test.ts <project root> [--e2e] [vitest arguments…]');
    return 2;
  }
  const kind: TestKind = rest.includes('--e2e') ? 'e2e' : 'test';
  const extra = rest.filter((argument) => argument !== '--e2e');
  return runVitest(kind, resultFile(root, kind), vitestArguments([`${root}/test/`], extra));
}

if (import.meta.main) process.exit(await main());
