import { join } from 'node:path';
import { type SpawnedService, spawnService, type TestIdentities } from '@lucid/testing';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const NAME = 'lucid-session-recorder';

export const CALLERS = ['lucid-api-gateway', 'lucid-session-pipeline', 'lucid-chunk-processor'] as const;

export interface SpawnOptions {
  identities: TestIdentities;
  mongoUri: string;
  dataDir: string;
  port?: number;
  instance?: number;
  environment?: Record<string, string>;
}

/** Makes sure that every caller has a key before a service reads the list. */
export function prepareIdentities(identities: TestIdentities): void {
  for (const name of [NAME, ...CALLERS]) identities.pemOf(name);
}

/** A real recorder process on a loopback port, ready when this resolves. */
export function spawnRecorder(options: SpawnOptions): Promise<SpawnedService> {
  return spawnService({
    main: MAIN,
    ...(options.port === undefined ? {} : { port: options.port }),
    environment: {
      INSTANCE_ID: `${NAME}-${options.instance ?? 1}`,
      MONGODB_URI: options.mongoUri,
      DATA_DIR: options.dataDir,
      ...options.identities.environment(NAME, CALLERS),
      ...options.environment,
    },
  });
}
