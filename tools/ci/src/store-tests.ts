/**
 * Runs every test that can be given a MongoDB-speaking store by `MONGODB_TEST_URI`: the contract suite and a whole
 * recording. Started by the lab, which sets the variable: `node tools/lab/src/main.ts data --run -- node tools/ci/src/store-tests.ts`
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from './run-tests.ts';
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
  return runTests({ name: 'store', kind: 'store', files });
}

if (import.meta.main) {
  process.chdir(workspaceRoot);
  const tally = await main();
  console.log(closingLines(tally).join('\n'));
  if (tally.failed.length > 0) process.exitCode = 1;
}
