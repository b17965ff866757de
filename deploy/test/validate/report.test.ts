import { afterEach, expect, it } from 'vitest';
import type { Terminal } from '../../src/cli/terminal.ts';
import { validate } from '../../src/cli/validate.ts';
import type { Check } from '../../src/validate/check.ts';
import { resultsTable } from '../../src/validate/report.ts';
import { runChecks } from '../../src/validate/run-checks.ts';
import { contextOf, fakeEngine } from './fake-engine.ts';
import { smallSystem } from './small-system.ts';

const system = smallSystem();
const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

function recording(json: boolean) {
  const documents: unknown[] = [];
  const lines: string[] = [];
  const terminal: Terminal = {
    json,
    interactive: false,
    line: (text) => void lines.push(text),
    document: (value) => void documents.push(value),
    fail: (error) => {
      throw error;
    },
  };
  return { terminal, documents, lines };
}

it('a check that cannot be made is unknown and stops no other', async () => {
  const broken: Check = { name: 'broken', run: () => Promise.reject(new Error('no\n answer')) };
  const good: Check = {
    name: 'good',
    run: async () => [{ check: 'good', subject: 'all', verdict: 'ok', detail: 'fine' }],
  };
  expect(await runChecks([broken, good], await contextOf(system))).toEqual([
    { check: 'broken', subject: '–', verdict: 'unknown', detail: 'no answer' },
    { check: 'good', subject: 'all', verdict: 'ok', detail: 'fine' },
  ]);
});

it('the table names a check once', () => {
  const of = (subject: string) =>
    ({ check: 'memory', subject, verdict: 'ok', detail: '1 of 2 MiB' }) as const;
  const lines = resultsTable([of('a'), of('b')], (verdict) => verdict).split('\n');
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['CHECK', 'SUBJECT', 'VERDICT', 'DETAIL'],
    ['memory', 'a', 'ok', '1 of 2 MiB'],
    ['b', 'ok', '1 of 2 MiB'],
  ]);
});

it('what failed sets the exit code, what is unknown does not, and the document counts both', async () => {
  const calm = recording(true);
  const said = { changed: { 'lucid-wallet-1': undefined } };
  await validate(fakeEngine({ ...system, services: [], stores: [] }, said), calm.terminal);
  expect(process.exitCode).toBe(before);
  expect(calm.documents).toMatchObject([{ failed: 0 }]);

  const troubled = recording(true);
  await validate(fakeEngine(system, said), troubled.terminal);
  expect(process.exitCode).toBe(1);
  const [document] = troubled.documents as [{ failed: number; results: { verdict: string }[] }];
  expect(document.failed).toBeGreaterThan(0);
  expect(document.results.filter(({ verdict }) => verdict === 'failed')).toHaveLength(document.failed);
  expect(troubled.lines.at(-1)).toMatch(/^\n\d+ ok, \d+ failed, \d+ unknown$/);
});

it('nothing that is up is told as such, with exit code 3', async () => {
  const engine = { ...fakeEngine(system), status: async () => undefined };
  await expect(validate(engine, recording(false).terminal)).rejects.toMatchObject({
    code: 'engine-not-up',
    exitCode: 3,
  });
});
