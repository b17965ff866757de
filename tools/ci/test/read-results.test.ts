import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { noReason } from '@lucid/nx-plugin';
import { temporaryFolder } from '@lucid/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tallyOf } from '../src/read-results.ts';

let root: string;
let remove: () => void;
beforeEach(() => ({ path: root, remove } = temporaryFolder('results')));
afterEach(() => remove());

const write = (file: string, value: unknown): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(value));
};
const task = (target: string, outcome: 'passed' | 'failed' | 'skipped' = 'passed') =>
  ({ id: `@lucid/merkle:${target}`, root: 'libs/merkle', target, outcome, cached: false }) as const;
const rules = {
  id: 'workspace:check',
  root: '.',
  target: 'check',
  outcome: 'failed',
  cached: false,
} as const;

test('tests count one by one, with the reason of each that failed or was skipped', () => {
  write('dist/test-results/merkle.test.json', {
    passed: 7,
    failed: [{ file: 'a.test.ts', test: 'adds', reason: '1 is not 2' }],
    skipped: [{ file: 'a.test.ts', test: 'waits', reason: 'needs root' }],
  });
  expect(tallyOf(root, [task('test', 'failed')])).toEqual({
    passed: 7,
    failed: ['a.test.ts adds: 1 is not 2'],
    skipped: ['a.test.ts waits: needs root'],
  });
});

test('what is skipped for one reason in one file makes one line', () => {
  const skip = (name: string, reason: string) => ({ file: 'lab.test.ts', test: name, reason });
  write('dist/test-results/merkle.test.json', {
    passed: 0,
    failed: [],
    skipped: [
      skip('whole', 'needs root'),
      skip('a', noReason),
      skip('b', noReason),
      skip('c', 'needs macOS'),
    ],
  });
  expect(tallyOf(root, [task('test')]).skipped).toEqual([
    'lab.test.ts 3 tests: needs root',
    'lab.test.ts c: needs macOS',
  ]);
});

test('rules count one by one; lint, types and bundles once per project', () => {
  write('dist/check-results.json', [
    { name: 'lockfile', findings: [] },
    {
      name: 'docs-links',
      findings: [
        { file: 'a.md', line: 3, reason: 'gone' },
        { file: 'b.md', line: 1, reason: 'gone' },
      ],
    },
  ]);
  expect(tallyOf(root, [rules, task('lint'), task('build'), task('typecheck', 'failed')])).toEqual({
    passed: 3,
    failed: ['check docs-links: a.md:3 gone (and 1 more)', '@lucid/merkle:typecheck'],
    skipped: [],
  });
});

test('a run that failed without saying why has failed all the same', () => {
  write('dist/test-results/merkle.test.json', { passed: 7, failed: [], skipped: [] });
  expect(tallyOf(root, [task('test', 'failed')]).failed).toEqual([
    '@lucid/merkle:test: failed without a failing test',
  ]);
});

test('tests without results have not passed', () => {
  expect(tallyOf(root, [task('test')]).failed).toEqual([
    '@lucid/merkle:test: left no results in dist/test-results/merkle.test.json',
  ]);
  expect(tallyOf(root, [task('e2e', 'skipped')]).failed).toHaveLength(1);
});
