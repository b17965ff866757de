/**
 * Runs the tests that want container engines: `lab up --run -- node tools/ci/src/live-tests.ts compose`, the same with
 * `swarm`, and `node tools/ci/src/live-tests.ts lab`. For a Swarm the images are built in the engine it is started in
 * (LUCID_IMAGES_HOST for what runs inside), then three nodes are started, given the images, and taken down again.
 * Ends with `N passed, N failed`, or with the lab's exit code 3 and `skipped: reason`, or with 130.
 */
import { inTurn, interruptedCode, wasInterrupted } from './in-turn.ts';
import { buildSteps, type ImageStep, imageVariables, loadStep, problemWith } from './live-images.ts';
import { type LiveSuite, liveRuns, liveSuites, suiteEnvironment } from './live-suites.ts';
import { labGraceMs, runCommand } from './run-command.ts';
import { runTests } from './run-tests.ts';
import { closingLines, nothing, sum, type Tally } from './tally.ts';
import { toolEnvironment, workspaceRoot } from './workspace.ts';

/** Where images were built that the nodes of a Swarm are given. */
const imagesHost = 'LUCID_IMAGES_HOST';
const inSwarm = [
  'node',
  'tools/lab/src/main.ts',
  'up',
  '--swarm',
  '--run',
  '--',
  'node',
  import.meta.filename,
];
const swarmMinutes = 40;

/** @returns whether it was interrupted @throws Error naming the first step that failed */
async function carryOut(steps: readonly ImageStep[]): Promise<boolean> {
  const results = await inTurn(steps, async (step) => {
    console.log(`\n── ${step.name}`);
    const startedMs = performance.now();
    const { deadlineMinutes } = step;
    const result = await runCommand(step.command, { cwd: workspaceRoot, deadlineMinutes });
    const problem = problemWith(step, result);
    if (problem !== undefined && !result.interrupted) throw new Error(problem);
    console.log(`── ${step.name}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
    return result;
  });
  return wasInterrupted(results);
}

async function runSuite(suite: LiveSuite): Promise<Tally> {
  Object.assign(process.env, suiteEnvironment[suite]);
  const tallies: Tally[] = [];
  for (const run of liveRuns(workspaceRoot, suite)) {
    console.log(`\n── ${run.name}: ${run.files.length} test files`);
    tallies.push(await runTests(run));
  }
  return tallies.length > 0 ? sum(tallies) : { ...nothing, failed: [`${suite}: no test file was found`] };
}

/** @returns the tally, or the exit code of the Swarm's own run, which has told everything, or of an interrupt */
async function main(suite: LiveSuite): Promise<Tally | number> {
  const { DOCKER_HOST: engine, LUCID_SWARM_STATE: swarm, [imagesHost]: builtIn } = process.env;
  if (suite === 'lab') return runSuite(suite);
  if (!engine) throw new Error('DOCKER_HOST is not set: start this by `lab up --run -- …`');
  if (suite === 'swarm' && swarm && builtIn) {
    if (await carryOut([loadStep(swarm, builtIn)])) return interruptedCode;
    return runSuite(suite);
  }
  if (await carryOut(buildSteps)) return interruptedCode;
  Object.assign(process.env, imageVariables());
  if (suite === 'compose') return runSuite(suite);
  const env = { [imagesHost]: engine };
  const options = { cwd: workspaceRoot, env, deadlineMinutes: swarmMinutes, graceMs: labGraceMs };
  const { code, interrupted } = await runCommand([...inSwarm, suite], options);
  return interrupted ? interruptedCode : code;
}

function isSuite(word: string | undefined): word is LiveSuite {
  return liveSuites.some((suite) => suite === word);
}

if (import.meta.main) {
  process.chdir(workspaceRoot);
  Object.assign(process.env, toolEnvironment());
  const suite = process.argv[2];
  if (!isSuite(suite)) {
    console.error(`usage: node tools/ci/src/live-tests.ts ${liveSuites.join('|')}`);
    process.exit(2);
  }
  const outcome = await main(suite).catch(
    (error: unknown): Tally => ({ ...nothing, failed: [`${suite}: ${(error as Error).message}`] }),
  );
  if (typeof outcome === 'number') process.exitCode = outcome;
  else {
    console.log(`\n${closingLines(outcome).join('\n')}`);
    if (outcome.failed.length > 0) process.exitCode = 1;
  }
}
