/** Which tests want which engines. Told by names, so that no list has to be kept. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TestRun } from './run-tests.ts';

/** `compose`: one Docker engine. `swarm`: three that form a Swarm. `lab`: none, the tests start their own. */
export type LiveSuite = 'compose' | 'swarm' | 'lab';

export const liveSuites: readonly LiveSuite[] = ['compose', 'swarm', 'lab'];

/** What a suite's tests find in their environment, beside what the lab sets. */
export const suiteEnvironment: Readonly<Record<LiveSuite, Readonly<Record<string, string>>>> = {
  compose: {},
  swarm: { LUCID_LAB: '1', LUCID_SWARM_BUILD: '0' }, // the nodes have been given the images
  lab: { LUCID_LAB: '1', LUCID_TEST_WORKERS: '1' },
};

/**
 * The test runs of a suite, in their order: `swarm-*.live.test.ts` want a Swarm, other `*.live.test.ts` one engine;
 * `tools/<tool>/swarm/` break nodes and leave the Swarm to nobody, so they come last.
 */
export function liveRuns(root: string, suite: LiveSuite): TestRun[] {
  const runs: Record<LiveSuite, () => TestRun[]> = {
    compose: () => [{ name: 'live.compose', kind: 'live', files: liveFiles(root, false) }],
    swarm: () => [
      { name: 'live.swarm', kind: 'live', files: liveFiles(root, true) },
      { name: 'live.swarm-e2e', kind: 'e2e', files: find(root, 'tools/*/swarm/test/**/*.e2e.test.ts') },
    ],
    lab: () => [{ name: 'live.lab', kind: 'store', files: labFiles(root) }],
  };
  return runs[suite]().filter(({ files }) => files.length > 0);
}

function liveFiles(root: string, onSwarm: boolean): string[] {
  const all = find(root, '{apps/*/*,libs/*,deploy,tools/*}/test/**/*.live.test.ts');
  return all.filter((file) => basename(file).startsWith('swarm-') === onSwarm);
}

/** The lab's own tests that start engines. */
function labFiles(root: string): string[] {
  const all = find(root, 'tools/lab/test/**/*.integration.test.ts');
  return all.filter((file) => readFileSync(join(root, file), 'utf8').includes('LUCID_LAB'));
}

function find(root: string, pattern: string): string[] {
  return globSync(pattern, { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}
