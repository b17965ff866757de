/**
 * What `npm run coverage` runs: the unit tests of consensus, Merkle trees, state machines, cryptography and proofs, and how
 * much of that code they reach. Prints a table and ends with `N passed, N failed`, one per group of code; a failing test
 * fails it too. The page of what no test reaches: dist/coverage/index.html.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { coverageFolder } from './coverage-groups.ts';
import { interruptedCode } from './in-turn.ts';
import { coverageTable, figuresOf, tallyOfCoverage } from './judge-coverage.ts';
import { runCommand } from './run-command.ts';
import { closingLines, sum, type Tally } from './tally.ts';
import { toolEnvironment, workspaceRoot } from './workspace.ts';

const deadlineMinutes = 10;
const vitest = ['vitest', 'run', '--root', '.', '--config', 'vitest.coverage.config.ts'];

async function main(): Promise<number> {
  const folder = join(workspaceRoot, coverageFolder);
  rmSync(folder, { recursive: true, force: true });
  const { code, interrupted } = await runCommand(vitest, {
    cwd: workspaceRoot,
    env: toolEnvironment(),
    deadlineMinutes,
  });
  if (interrupted) return interruptedCode;
  const coverage = measured(join(folder, 'coverage-summary.json'));
  const total = sum([coverage, ...(code === 0 || coverage.failed.length > 0 ? [] : [testsFailed(code)])]);
  console.log(closingLines(total).join('\n'));
  return total.failed.length > 0 ? 1 : 0;
}

function measured(file: string): Tally {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { passed: 0, failed: [`no coverage was measured: ${(error as Error).message}`], skipped: [] };
  }
  const figures = figuresOf(JSON.parse(text), workspaceRoot);
  console.log(['', ...coverageTable(figures), ''].join('\n'));
  return tallyOfCoverage(figures);
}

const testsFailed = (code: number): Tally => ({
  passed: 0,
  failed: [
    code === 124 ? `the tests took longer than ${deadlineMinutes} minutes` : `vitest ended with ${code}`,
  ],
  skipped: [],
});

process.exitCode = await main();
