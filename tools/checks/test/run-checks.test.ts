import { execa } from 'execa';
import { expect, test } from 'vitest';
import { allChecks } from '../src/all-checks.ts';
import type { Check } from '../src/check.ts';
import { runChecks } from '../src/run-checks.ts';
import { memoryWorkspace } from '../src/workspace.ts';

const clock = (): number => 0;
const main = new URL('../src/main.ts', import.meta.url).pathname;

test('every check runs even when one before it finds something or breaks', async () => {
  const broken: Check = { name: 'broken', rule: '', run: () => Promise.reject(new Error('no such file')) };
  const finding: Check = { name: 'finding', rule: '', run: () => [{ file: 'a', line: 1, reason: 'b' }] };
  const fine: Check = { name: 'fine', rule: '', run: () => [] };
  const results = await runChecks([broken, finding, fine], memoryWorkspace({}), clock);
  expect(results.map(({ findings }) => findings.length)).toEqual([1, 1, 0]);
  expect(results[0]?.findings[0]?.reason).toBe('the check could not run: no such file');
});

test('each check can fail: on an empty tree or one that breaks every rule, none stays silent', async () => {
  const worst = memoryWorkspace(
    {
      'package.json': '{ "dependencies": { "left-pad": "1" } }',
      'package-lock.json':
        '{ "packages": { "node_modules/left-pad": { "resolved": "https://example.org/x" } } }',
      'docs/a.md': '[gone](b.md)',
      'libs/a/package.json': '{}',
      'libs/a/src/tree.ts': "import './tree.ts';",
      'libs/tron/package.json': '{ "name": "@lucid/tron" }',
      'apps/sessions/s/src/main.ts': `${'// TODO\n'.repeat(301)}import '@lucid/tron'; console.log(process.env);`,
      'apps/sessions/s/src/domain/rule.ts': "import 'node:fs'; export const now = Date.now();",
    },
    { 'apps/sessions/s/src/errors.ts': { errors: { BAD: {} } } },
  );
  const noText = { ...worst, read: (file: string) => (file.endsWith('errors.ts') ? '' : worst.read(file)) };
  const silent = (await runChecks(allChecks, noText, clock)).filter(({ findings }) => findings.length === 0);
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('the command lists its checks and refuses an unknown name', async () => {
  const listed = await execa(process.execPath, [main, '--list']);
  for (const { name } of allChecks) expect(listed.stdout).toContain(name);
  const unknown = await execa(process.execPath, [main, 'no-such-check'], { reject: false });
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('no such check: no-such-check');
});
