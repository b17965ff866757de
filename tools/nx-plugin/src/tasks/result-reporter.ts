/**
 * A vitest reporter for the machine: one JSON file per project that says what passed, what failed and why, and what was
 * skipped and why. Errors outside of tests count as failures, which vitest's own JSON leaves out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

export interface NotPassed {
  /** Titles from the outermost suite on. */
  readonly test: string;
  /** Path from the workspace root. */
  readonly file: string;
  readonly reason: string;
}

export interface TestResults {
  readonly passed: number;
  readonly failed: readonly NotPassed[];
  readonly skipped: readonly NotPassed[];
}

/** Stands in for the reason of a test that was skipped without saying why. */
export const noReason = 'its condition does not hold here';

/** Names the file that the results are written to. */
export const resultFileVariable = 'LUCID_TEST_RESULT';

export default class ResultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env[resultFileVariable];
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(collectResults(modules, unhandled)));
  }
}

export function collectResults(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
): TestResults {
  const cases = modules.flatMap((module) => [...module.children.allTests()]);
  const inState = (state: string): TestCase[] => cases.filter((it) => it.result().state === state);
  const broken = modules.flatMap((module) =>
    module.errors().map((error) => entry('(the file)', module, firstLine(error.message))),
  );
  const suites = modules.flatMap((module) =>
    [...module.children.allSuites()].flatMap((suite) =>
      suite.errors().map((error) => entry(suite.fullName, module, firstLine(error.message))),
    ),
  );
  const loose = unhandled.map(({ message }) => ({
    test: '(outside of tests)',
    file: '',
    reason: firstLine(message),
  }));
  return {
    passed: inState('passed').length,
    failed: [
      ...inState('failed').map((it) =>
        entry(it.fullName, it.module, firstLine(it.result().errors?.[0]?.message)),
      ),
      ...inState('pending').map((it) => entry(it.fullName, it.module, 'did not finish')),
      ...broken,
      ...suites,
      ...loose,
    ],
    skipped: inState('skipped').map((it) => entry(it.fullName, it.module, skipReason(it))),
  };
}

const entry = (test: string, module: TestModule, reason: string): NotPassed => ({
  test,
  file: relative(process.cwd(), module.moduleId).replaceAll('\\', '/'),
  reason,
});

/** What `context.skip(reason)` gave, else what the title says in its last parentheses. */
function skipReason(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  const inTitle = [...test.fullName.matchAll(/\(([^()]+)\)/g)].at(-1)?.[1];
  return note ?? inTitle ?? noReason;
}

const firstLine = (message: string | undefined): string => message?.split('\n')[0] ?? 'no message';
