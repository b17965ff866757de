/**
 * What `.ci/run` does after the install: the README's test command, then the same platform on a real store in the lab.
 * Ends with the durations and `N passed, N failed` over everything. Its parts fit well into an hour.
 */
import { parseArgs } from 'node:util';
import { type CommandResult, runCommand } from './run-command.ts';
import { closingLines, readClosingLines, sum, type Tally } from './tally.ts';
import { toolEnvironment, workspaceRoot } from './workspace.ts';

interface Part {
  readonly name: string;
  readonly command: readonly string[];
  readonly deadlineMinutes: number;
}

const parts: readonly Part[] = [
  { name: 'npm test', command: ['npm', 'test'], deadlineMinutes: 30 },
  {
    name: 'FerretDB on PostgreSQL and DocumentDB',
    command: ['node', 'tools/lab/src/main.ts', 'data', '--run', '--', 'node', 'tools/ci/src/store-tests.ts'],
    deadlineMinutes: 20,
  },
];

/** The lab's exit code for "this machine cannot"; it prints `skipped: <reason>`. */
const cannotRun = 3;

/** A part's own closing lines, or one line that says why it has none. */
export function tallyOfPart({ name, deadlineMinutes }: Part, { code, output }: CommandResult): Tally {
  if (code === cannotRun) {
    const reason = /^skipped: (.+)$/m.exec(output)?.[1] ?? 'this machine cannot run it';
    return { passed: 0, failed: [], skipped: [`${name}: ${reason}`] };
  }
  const tally = readClosingLines(output);
  if (tally !== undefined && (code === 0 || tally.failed.length > 0)) return tally;
  const reason = code === 124 ? `took longer than ${deadlineMinutes} minutes` : `ended with ${code}`;
  return { passed: tally?.passed ?? 0, failed: [`${name}: ${reason}`], skipped: tally?.skipped ?? [] };
}

async function main(installSeconds: number | undefined): Promise<number> {
  const durations = installSeconds === undefined ? [] : [`npm ci: ${installSeconds} s`];
  const tallies: Tally[] = [];
  for (const part of parts) {
    console.log(`\n━━ ${part.name}`);
    const startedMs = performance.now();
    const options = { cwd: workspaceRoot, env: toolEnvironment(), deadlineMinutes: part.deadlineMinutes };
    tallies.push(tallyOfPart(part, await runCommand(part.command, options)));
    durations.push(`${part.name}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
  }
  const total = sum(tallies);
  console.log(['', '━━ all parts', ...durations, ...closingLines(total)].join('\n'));
  return total.failed.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { 'install-seconds': { type: 'string' } } });
  const seconds = values['install-seconds'];
  process.exitCode = await main(seconds === undefined ? undefined : Number(seconds));
}
