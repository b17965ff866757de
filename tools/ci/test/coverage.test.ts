import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coverageGroups, coverageTests } from '../src/coverage-groups.ts';
import { type CoverageSummary, coverageTable, figuresOf, tallyOfCoverage } from '../src/judge-coverage.ts';
import { partsFor } from '../src/run.ts';
import { workspaceRoot } from '../src/workspace.ts';

const of = (total: number, covered: number) => ({ total, covered });
const file = (lines: ReturnType<typeof of>, functions = of(1, 1), branches = of(8, 7)) => ({
  ...{ lines, functions, statements: lines, branches },
});
const groups = ['libs/one/src', 'libs/two/src'];
const judged = (summary: CoverageSummary) => tallyOfCoverage(figuresOf(summary, '/root', groups));

describe('the judgement of a group', () => {
  const good = file(of(100, 95));

  test('is over the sum of its files: a small one with nothing weighs little, a large one much', () => {
    const small = file(of(4, 0), of(20, 20));
    const enough = { '/root/libs/one/src/a.ts': file(of(200, 196)), '/root/libs/one/src/b.ts': small };
    expect(judged({ ...enough, '/root/libs/two/src/a.ts': good })).toEqual({
      passed: 2,
      failed: [],
      skipped: [],
    });
    const tooLittle = { ...enough, '/root/libs/one/src/c/d.ts': small };
    expect(judged({ ...tooLittle, '/root/libs/two/src/a.ts': good })).toMatchObject({
      passed: 1,
      failed: ['coverage of libs/one/src: lines 94.2 %, at least 95 %'],
    });
  });

  test('rounds nothing up, and looks at functions and branches too', () => {
    const almost = file(of(10_000, 9499), of(100, 94), of(1000, 849));
    expect(judged({ '/root/libs/one/src/a.ts': almost, '/root/libs/two/src/a.ts': good }).failed).toEqual([
      'coverage of libs/one/src: lines 94.9 %, at least 95 %; functions 94.0 %, at least 95 %; branches 84.9 %, at least 85 %',
    ]);
  });

  test('fails where nothing was measured, and does not count what only begins like a group', () => {
    const only = { '/root/libs/one/src/a.ts': good, '/root/libs/two/src-old/a.ts': good, total: good };
    expect(judged(only).failed).toEqual(['coverage of libs/two/src: nothing was measured']);
    const typesAlone = { ...only, '/root/libs/two/src/types.ts': file(of(0, 0)) };
    expect(judged(typesAlone).failed).toEqual(['coverage of libs/two/src: nothing was measured']);
  });
});

test('the table has a row per group, with a dash where there is nothing to reach', () => {
  const summary = { '/root/libs/one/src/a.ts': file(of(3, 2), of(0, 0)) };
  expect(coverageTable(figuresOf(summary, '/root', groups.slice(0, 1))).at(-1)).toBe(
    '| libs/one/src | 1 | 66.6 % | – | 66.6 % | 87.5 % |',
  );
});

test('the judgement is a part of .ci/run that may not be skipped', () => {
  const parts = [true, false].flatMap((hasEngine) =>
    partsFor(hasEngine).filter(({ name }) => name === 'coverage'),
  );
  expect(parts.map(({ command, required }) => [command.at(-1), required])).toEqual([
    ['tools/ci/src/coverage.ts', true],
    ['tools/ci/src/coverage.ts', true],
  ]);
});

describe('the groups', () => {
  const domains = globSync('apps/{chain,sessions}/*/src/domain', { cwd: workspaceRoot });

  test('are folders that there are, with tests', () => {
    expect(coverageGroups.filter((group) => !existsSync(join(workspaceRoot, group)))).toEqual([]);
    expect(coverageTests.filter((tests) => globSync(tests, { cwd: workspaceRoot }).length === 0)).toEqual([]);
  });

  test('leave out no domain folder of the chain and the sessions', () => {
    expect(domains.length).toBeGreaterThan(5);
    expect(domains.filter((domain) => !coverageGroups.includes(domain))).toEqual([]);
  });
});
