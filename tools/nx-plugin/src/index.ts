export { inferProject, inferTags, type Kind, type Plane } from './infer-project.ts';
export { projectName } from './project-name.ts';
export { resultFile, type TestKind } from './result-file.ts';
export { outcomesVariable, type TaskOutcome } from './task-outcomes.ts';
export { type NotPassed, noReason, type TestResults } from './tasks/result-reporter.ts';
export { runVitest, vitestArguments } from './tasks/test.ts';
