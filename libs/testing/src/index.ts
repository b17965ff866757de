export { crashSeeds } from './crash-seeds.ts';
export { eventually } from './eventually.ts';
export { FakeClock } from './fake-clock.ts';
export { PretendedService, type Which } from './pretended-service.ts';
export { type SpawnedService, type SpawnServiceOptions, spawnService } from './spawn-service.ts';
export { freePort, startTestMongo, type TestMongo, WORKSPACE_ROOT } from './start-test-mongo.ts';
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
export { type TestContextOptions, TestIdentities, testContext } from './test-context.ts';
export { startDns, type TinyDns } from './tiny-dns.ts';
