/**
 * Runs every test that can be given a MongoDB-speaking store by `MONGODB_TEST_URI`: the contract suite and a whole
 * recording. Started by the lab, which sets the variable: `node tools/lab/src/main.ts data --run -- node tools/ci/src/store-tests.ts`
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultFile, runVitest, type TestResults, vitestArguments } from '@lucid/nx-plugin';
import { tallyOfTests } from './read-results.ts';
import { closingLines, type Tally } from './tally.ts';
import { workspaceRoot } from './workspace.ts';

export const storeVariable = 'MONGODB_TEST_URI';

/** Test files that take their store from the variable, themselves or by `@lucid/testing`. No second list to keep. */
const usesStore = new RegExp(`${storeVariable}|\\bstartTestMongo\\b`);

export function storeTestFiles(root: string): string[] {
  return globSync('{apps/*/*,libs/*,deploy,tools/*}/test/**/*.test.ts', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('tools/lab/') && !file.startsWith('tools/ci/'))
    .filter((file) => usesStore.test(readFileSync(join(root, file), 'utf8')))
    .sort();
}

async function main(): Promise<Tally> {
  const failed = (reason: string): Tally => ({
    passed: 0,
    failed: [`tests against a real store: ${reason}`],
    skipped: [],
  });
  if (!process.env[storeVariable]) return failed(`${storeVariable} is not set`);
  const files = storeTestFiles(workspaceRoot);
  if (files.length === 0) return failed(`no test reads ${storeVariable}`);
  const file = join(workspaceRoot, resultFile('store', 'store'));
  const code = await runVitest('store', file, vitestArguments(files));
  try {
    const tally = tallyOfTests(JSON.parse(readFileSync(file, 'utf8')) as TestResults);
    return code === 0 || tally.failed.length > 0 ? tally : failed(`vitest ended with ${code}`);
  } catch (error) {
    return failed(`no results: ${(error as Error).message}`);
  }
}

if (import.meta.main) {
  process.chdir(workspaceRoot);
  const tally = await main();
  console.log(closingLines(tally).join('\n'));
  if (tally.failed.length > 0) process.exitCode = 1;
}
