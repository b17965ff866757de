import { projectName } from './project-name.ts';

/** `test`: unit and integration tests. `e2e`: those that start the whole system. `live`: those that want container engines. `store`: those that a real store is given to. */
export type TestKind = 'test' | 'e2e' | 'live' | 'store';

/** Where a project's results are written, from the workspace root. */
export function resultFile(root: string, kind: TestKind): string {
  return `dist/test-results/${projectName(root)}.${kind}.json`;
}
