import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { liveNote } from '../src/live-note.ts';
import { liveRuns, liveSuites } from '../src/live-suites.ts';
import { partsFor, tallyOfPart } from '../src/run.ts';
import { workspaceRoot } from '../src/workspace.ts';

const filesOf = (suite: (typeof liveSuites)[number]) =>
  liveRuns(workspaceRoot, suite).flatMap(({ files }) => files);

test('every test on containers belongs to one suite', () => {
  const onContainers = globSync(['deploy/test/**/*.live.test.ts', 'tools/*/swarm/test/**/*.e2e.test.ts'], {
    cwd: workspaceRoot,
  });
  const suites = [...filesOf('compose'), ...filesOf('swarm')];
  expect(suites.toSorted()).toEqual(onContainers.toSorted());
  expect(new Set(suites).size).toBe(suites.length);
});

test('those that break nodes come last', () => {
  expect(filesOf('swarm').at(-1)).toMatch(/^tools\/e2e\/swarm\//);
});

test('every suite has tests and is a part of .ci/run', () => {
  const commands = partsFor(true).map(({ command }) => command.join(' '));
  for (const suite of liveSuites) {
    expect(filesOf(suite), suite).not.toEqual([]);
    expect(commands.filter((command) => command.endsWith(`live-tests.ts ${suite}`))).toHaveLength(1);
  }
});

test('npm test says once that it runs nothing on containers, and why', () => {
  const { skipped, passed, failed } = liveNote('needs root');
  expect({ passed, failed }).toEqual({ passed: 0, failed: [] });
  expect(skipped).toEqual([expect.stringMatching(/^\d+ test files on container engines: needs root$/)]);
});

test('a part the machine cannot run is skipped, with the last reason given', () => {
  const part = { name: 'Swarm of three nodes', command: [], deadlineMinutes: 1 };
  const output = 'skipped: something small\nskipped: needs root\n';
  expect(tallyOfPart(part, { code: 3, output })).toEqual({
    passed: 0,
    failed: [],
    skipped: ['Swarm of three nodes: needs root'],
  });
});
