import {
  type SpawnedService,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  temporaryFolder,
} from '@lucid/testing';
import { afterAll, beforeAll } from 'vitest';
import { RecorderClient } from './client.ts';
import { prepareIdentities, type SpawnOptions, spawnRecorder } from './service.ts';

type Wish = Partial<Omit<SpawnOptions, 'identities'>>;

/** What the recorders of one test file stand on. */
export interface Ground {
  /** Where a recorder keeps its data, unless it is told another place. */
  readonly folder: string;
  /** Of a database of its own for each name. */
  mongoUri(name?: string): string;
  /** A real recorder process, ready when this resolves. */
  spawn(wish?: Wish): Promise<SpawnedService>;
  /** For a new session, or for that of another client. */
  clientOf(recorder: SpawnedService, same?: RecorderClient): RecorderClient;
}

/** Made before the first test of a file and gone after the last: callers with keys, MongoDB, a folder. */
export function testGround(name: string): Ground {
  const identities = new TestIdentities();
  const folder = temporaryFolder(name);
  let mongo: TestMongo | undefined;
  beforeAll(async () => {
    prepareIdentities(identities);
    mongo = await startTestMongo();
  });
  afterAll(async () => {
    await mongo?.close();
    folder.remove();
    identities[Symbol.dispose]();
  });
  const mongoUri = (database = name): string => {
    if (!mongo) throw new Error('before the first test');
    return mongo.uri(`${database.replaceAll('-', '_')}_${process.pid}`);
  };
  return {
    folder: folder.path,
    mongoUri,
    spawn: (wish) => spawnRecorder({ mongoUri: mongoUri(), dataDir: folder.path, ...wish, identities }),
    clientOf: ({ address }, same) =>
      same
        ? new RecorderClient(identities, address, same.sessionId, same.userId)
        : new RecorderClient(identities, address),
  };
}

export interface RunningRecorder extends Ground {
  readonly recorder: SpawnedService;
  /** For a new session. */
  client(): RecorderClient;
}

/** The same, with one recorder that runs for all tests of the file. */
export function runningRecorder(name: string, environment: Record<string, string>): RunningRecorder {
  const ground = testGround(name);
  let recorder: SpawnedService | undefined;
  beforeAll(async () => {
    recorder = await ground.spawn({ environment });
  });
  afterAll(async () => {
    await recorder?.stop();
  });
  const running = (): SpawnedService => {
    if (!recorder) throw new Error('before the first test');
    return recorder;
  };
  return {
    ...ground,
    get recorder() {
      return running();
    },
    client: () => ground.clientOf(running()),
  };
}
