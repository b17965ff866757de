/**
 * What `.ci/run` does after the install: the README's test command, how much of the code that must not err its tests reach,
 * then what wants real peers, which the lab starts: the platform on a real store, the engines on Docker and on a Swarm of
 * three nodes, the lab itself.
 * Ends with the durations and `N passed, N failed` over everything. Its parts fit well into an hour.
 */
import { parseArgs } from 'node:util';
import { inTurn, interruptedCode, wasInterrupted } from './in-turn.ts';
import { installTools, thisMachine } from './install-tools.ts';
import { type CommandResult, labGraceMs, runCommand } from './run-command.ts';
import { closingLines, readClosingLines, sum, type Tally } from './tally.ts';
import { toolEnvironment, workspaceRoot } from './workspace.ts';

interface Part {
  readonly name: string;
  readonly command: readonly string[];
  readonly deadlineMinutes: number;
  /** It runs everywhere: that it cannot is no excuse. */
  readonly required?: boolean;
}

const lab = ['node', 'tools/lab/src/main.ts'];
const withEngine = [...lab, 'up', '--run', '--'];
const liveTests = ['node', 'tools/ci/src/live-tests.ts'];
const npmTest = ['npm', 'test', '--', '--containers-follow'];

/** @param hasEngine whether this machine has or can start a Docker engine, which some of the ordinary tests use */
export function partsFor(hasEngine: boolean): readonly Part[] {
  return [
    {
      name: 'npm test',
      command: [...(hasEngine ? withEngine : []), ...npmTest],
      deadlineMinutes: 30,
      required: true,
    },
    {
      name: 'coverage',
      command: ['node', 'tools/ci/src/coverage.ts'],
      deadlineMinutes: 12,
      required: true,
    },
    {
      name: 'FerretDB on PostgreSQL and DocumentDB',
      command: [...lab, 'data', '--run', '--', 'node', 'tools/ci/src/store-tests.ts'],
      deadlineMinutes: 20,
    },
    {
      name: 'Docker Compose and images',
      command: [...withEngine, ...liveTests, 'compose'],
      deadlineMinutes: 20,
    },
    { name: 'Swarm of three nodes', command: [...withEngine, ...liveTests, 'swarm'], deadlineMinutes: 45 },
    { name: 'the lab itself', command: [...liveTests, 'lab'], deadlineMinutes: 15 },
  ];
}

/** The lab's exit code for "this machine cannot"; it prints `skipped: <reason>`. */
const cannotRun = 3;

/** A part's own closing lines, or one line that says why it has none. Skipped is only what says so itself, and why. */
export function tallyOfPart(
  { name, deadlineMinutes, required = false }: Part,
  { code, output }: Pick<CommandResult, 'code' | 'output'>,
): Tally {
  const tally = readClosingLines(output);
  if (code === cannotRun && !required && tally === undefined) {
    const reason = [...output.matchAll(/^skipped: (.+)$/gm)].at(-1)?.[1];
    if (reason !== undefined) return { passed: 0, failed: [], skipped: [`${name}: ${reason}`] };
  }
  if (tally !== undefined && (code === 0 || tally.failed.length > 0)) return tally;
  const reason = code === 124 ? `took longer than ${deadlineMinutes} minutes` : `ended with ${code}`;
  return { passed: tally?.passed ?? 0, failed: [`${name}: ${reason}`], skipped: tally?.skipped ?? [] };
}

const secondsSince = (startedMs: number): number => Math.round((performance.now() - startedMs) / 1000);

async function main(installSeconds: number | undefined): Promise<number> {
  const durations = installSeconds === undefined ? [] : [`npm ci: ${installSeconds} s`];
  const run = (part: Part) => {
    const { command, deadlineMinutes } = part;
    return runCommand(command, {
      cwd: workspaceRoot,
      env: toolEnvironment(),
      deadlineMinutes,
      graceMs: labGraceMs,
    });
  };
  console.log('\n━━ what there is');
  console.log(`tools: ${installTools(thisMachine(toolEnvironment().PATH ?? '')) ?? 'all there'}`);
  const check = [...lab, 'up', '--check'];
  const engine = await run({ name: 'engine', command: check, deadlineMinutes: 2 });
  const parts = engine.interrupted ? [] : partsFor(engine.code === 0);
  const results = await inTurn(parts, async (part) => {
    console.log(`\n━━ ${part.name}`);
    const startedMs = performance.now();
    const result = await run(part);
    durations.push(`${part.name}: ${secondsSince(startedMs)} s`);
    return { tally: tallyOfPart(part, result), interrupted: result.interrupted };
  });
  if (engine.interrupted || wasInterrupted(results)) {
    console.log('\ninterrupted: nothing else was started');
    return interruptedCode;
  }
  const total = sum(results.map(({ tally }) => tally));
  console.log(['', '━━ all parts', ...durations, ...closingLines(total)].join('\n'));
  return total.failed.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { 'install-seconds': { type: 'string' } } });
  const seconds = values['install-seconds'];
  process.exitCode = await main(seconds === undefined ? undefined : Number(seconds));
}
