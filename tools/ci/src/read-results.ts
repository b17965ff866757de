/** What the tasks of an Nx run left behind, as a tally. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noReason, resultFile, type TaskOutcome, type TestResults } from '@lucid/nx-plugin';
import { sum, type Tally } from './tally.ts';

interface CheckResult {
  readonly name: string;
  readonly findings: ReadonlyArray<{ file: string; line: number; reason: string }>;
}

/** Tests and checks count one by one; lint, types and build count once per project. */
export function tallyOf(workspaceRoot: string, outcomes: readonly TaskOutcome[]): Tally {
  return sum(outcomes.map((it) => tallyOfTask(workspaceRoot, it)));
}

function tallyOfTask(workspaceRoot: string, task: TaskOutcome): Tally {
  const counted =
    task.target === 'test' || task.target === 'e2e' ? resultFile(task.root, task.target) : undefined;
  const isRules = task.target === 'check' && task.root === '.';
  const file = isRules ? 'dist/check-results.json' : counted;
  if (task.outcome === 'skipped')
    return { passed: 0, failed: [`${task.id}: not run, because a task it needs failed`], skipped: [] };
  const own = file === undefined ? undefined : readJson(join(workspaceRoot, file));
  if (own === undefined) return tallyOfExit(task, file);
  const tally =
    task.target === 'check' ? tallyOfChecks(own as CheckResult[]) : tallyOfTests(own as TestResults);
  const silent = task.outcome === 'failed' && tally.failed.length === 0;
  return silent ? { ...tally, failed: [`${task.id}: failed without a failing test`] } : tally;
}

function tallyOfExit({ id, outcome }: TaskOutcome, file: string | undefined): Tally {
  if (outcome === 'failed') return { passed: 0, failed: [id], skipped: [] };
  if (file !== undefined) return { passed: 0, failed: [`${id}: left no results in ${file}`], skipped: [] };
  return { passed: 1, failed: [], skipped: [] };
}

export function tallyOfTests({ passed, failed, skipped }: TestResults): Tally {
  return {
    passed,
    failed: failed.map(({ file, test, reason }) => `${file} ${test}: ${reason}`),
    skipped: [...Map.groupBy(skipped, ({ file }) => file).values()].flatMap(skipLines),
  };
}

/** One line per file and reason. A test whose suite was skipped has no reason of its own; it shares its file's. */
function skipLines(ofOneFile: TestResults['skipped']): string[] {
  const stated = ofOneFile.filter(({ reason }) => reason !== noReason);
  const common = stated[0]?.reason ?? noReason;
  const reasonOf = ({ reason }: { reason: string }): string => (reason === noReason ? common : reason);
  return [...Map.groupBy(ofOneFile, reasonOf)].map(([reason, tests]) => {
    const what = tests.length === 1 ? tests[0]?.test : `${tests.length} tests`;
    return `${tests[0]?.file} ${what}: ${reason}`;
  });
}

function tallyOfChecks(results: readonly CheckResult[]): Tally {
  const failed = results.filter(({ findings }) => findings.length > 0);
  const line = ({ name, findings }: CheckResult): string => {
    const [first] = findings;
    const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
    return `check ${name}: ${first?.file}:${first?.line} ${first?.reason}${more}`;
  };
  return { passed: results.length - failed.length, failed: failed.map(line), skipped: [] };
}

function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
