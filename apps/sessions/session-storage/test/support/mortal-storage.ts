import { join } from 'node:path';
import {
  type SpawnedService,
  spawnService,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  temporaryFolder,
} from '@lucid/testing';
import { afterAll, beforeAll } from 'vitest';
import { CALLERS, NAME, PROCESSOR } from './storage.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

export interface MortalStorage {
  /** What survives every crash. */
  readonly folder: string;
  /** A real storage process on a database of its own for each name, ready when this resolves. */
  start(database: string, environment?: Record<string, string>): Promise<SpawnedService>;
  asProcessor(): Promise<Record<string, string>>;
}

/** What storage that is killed again and again stands on, for the tests of one file: callers with keys, MongoDB, a folder. */
export function mortalStorage(name: string): MortalStorage {
  const identities = new TestIdentities();
  const folder = temporaryFolder(name);
  let mongo: TestMongo | undefined;
  beforeAll(async () => {
    for (const caller of [NAME, ...CALLERS]) identities.pemOf(caller);
    mongo = await startTestMongo();
  });
  afterAll(async () => {
    await mongo?.close();
    folder.remove();
    identities[Symbol.dispose]();
  });
  const mongoUri = (database: string): string => {
    if (!mongo) throw new Error('before the first test');
    return mongo.uri(`${database}_${process.pid}`);
  };
  return {
    folder: folder.path,
    start: (database, environment = {}) =>
      spawnService({
        main: MAIN,
        environment: {
          ...identities.environment(NAME, CALLERS),
          MONGODB_URI: mongoUri(database),
          DATA_DIR: folder.path,
          MIN_FREE_DISK_MB: '0',
          ...environment,
        },
      }),
    asProcessor: () => identities.headers(PROCESSOR, NAME),
  };
}
