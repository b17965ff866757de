export { allChecks } from './all-checks.ts';
export type { Check, Finding } from './check.ts';
export { memoryWorkspace, openWorkspace, type Workspace } from './workspace.ts';
