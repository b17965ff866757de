import { spawnSync } from 'node:child_process';
import { liveRuns } from './live-suites.ts';
import { nothing, type Tally } from './tally.ts';
import { workspaceRoot } from './workspace.ts';

/** The lab's word on why it cannot start a Docker engine here; undefined when it can. */
function whyNoEngine(): string | undefined {
  const command = ['tools/lab/src/main.ts', 'up', '--check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  return /^skipped: (.+)$/m.exec(`${stdout}\n${stderr}`)?.[1] ?? 'no Docker engine can be had';
}

/** `npm test` runs nothing on containers: it says so, once, and why or where they are run. */
export function liveNote(why: string | undefined = whyNoEngine(), root = workspaceRoot): Tally {
  const files = [...liveRuns(root, 'compose'), ...liveRuns(root, 'swarm')].flatMap((run) => run.files);
  if (files.length === 0) return nothing;
  const reason = why ?? 'they take minutes and are run by .ci/run (or tools/ci/src/live-tests.ts)';
  return { ...nothing, skipped: [`${files.length} test files on container engines: ${reason}`] };
}
