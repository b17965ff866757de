/**
 * What `npm test` runs: lint, types, rules, bundles, then all tests, through Nx and its cache.
 * `--affected [--base=origin/main]` takes only what a change reaches. Ends with `N passed, N failed`. Tests on container
 * engines are not among them, which is said once, unless `--containers-follow` (of `.ci/run`) says that they come next.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outcomesVariable, type TaskOutcome } from '@lucid/nx-plugin';
import { inTurn, interruptedCode, wasInterrupted } from './in-turn.ts';
import { liveNote } from './live-note.ts';
import { tallyOf } from './read-results.ts';
import { runCommand } from './run-command.ts';
import { closingLines, sum, type Tally } from './tally.ts';
import { nxCommand, type Selection, type TestStep, testSteps } from './test-steps.ts';
import { toolEnvironment, workspaceRoot } from './workspace.ts';

interface StepResult {
  readonly tally: Tally;
  readonly interrupted: boolean;
}

async function runStep(step: TestStep, selection: Selection, outcomesFile: string): Promise<StepResult> {
  console.log(`\n── ${step.name}`);
  rmSync(outcomesFile, { force: true });
  const startedMs = performance.now();
  const { code, interrupted } = await runCommand(nxCommand(step, selection), {
    cwd: workspaceRoot,
    env: { ...toolEnvironment(), [outcomesVariable]: outcomesFile, LUCID_TEST_WORKERS: '1' },
    deadlineMinutes: step.deadlineMinutes,
  });
  const tally = tallyOf(workspaceRoot, readOutcomes(outcomesFile));
  console.log(`── ${step.name}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
  if (code === 0 || tally.failed.length > 0) return { tally, interrupted };
  const reason = code === 124 ? `took longer than ${step.deadlineMinutes} minutes` : `nx ended with ${code}`;
  return { tally: { ...tally, failed: [`${step.name}: ${reason}`] }, interrupted };
}

/** Nothing to do leaves no file, which is not a failure: Nx's exit code says whether there was one. */
function readOutcomes(file: string): TaskOutcome[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TaskOutcome[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const { values } = parseArgs({
  options: {
    affected: { type: 'boolean', default: false },
    base: { type: 'string' },
    'containers-follow': { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'lucid-outcomes-'));
try {
  const results = await inTurn(testSteps, (step) => runStep(step, values, join(folder, 'outcomes.json')));
  if (wasInterrupted(results)) {
    console.log('\ninterrupted: nothing else was started');
    process.exitCode = interruptedCode;
  } else {
    const tallies = results.map(({ tally }) => tally);
    const total = sum(values['containers-follow'] ? tallies : [...tallies, liveNote()]);
    console.log(`\n${closingLines(total).join('\n')}`);
    if (total.failed.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
