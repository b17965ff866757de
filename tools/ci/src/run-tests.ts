import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runVitest, type TestKind, type TestResults, vitestArguments } from '@lucid/nx-plugin';
import { tallyOfTests } from './read-results.ts';
import type { Tally } from './tally.ts';
import { workspaceRoot } from './workspace.ts';

export interface TestRun {
  /** Names the file of the results: `dist/test-results/<name>.json`. */
  readonly name: string;
  readonly kind: TestKind;
  /** From the workspace root. */
  readonly files: readonly string[];
}

/** Runs named test files; that vitest did not come to its end is a failure like any other. */
export async function runTests({ name, kind, files }: TestRun): Promise<Tally> {
  const failed = (reason: string): Tally => ({ passed: 0, failed: [`${name}: ${reason}`], skipped: [] });
  const file = join(workspaceRoot, 'dist/test-results', `${name}.json`);
  const code = await runVitest(kind, file, vitestArguments(files));
  try {
    const tally = tallyOfTests(JSON.parse(readFileSync(file, 'utf8')) as TestResults);
    return code === 0 || tally.failed.length > 0 ? tally : failed(`vitest ended with ${code}`);
  } catch (error) {
    return failed(`no results: ${(error as Error).message}`);
  }
}
