export { eventually } from './eventually.ts';
export { FakeClock } from './fake-clock.ts';
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
export { type TestContextOptions, TestIdentities, testContext } from './test-context.ts';
