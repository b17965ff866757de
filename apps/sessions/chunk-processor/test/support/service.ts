import { join } from 'node:path';
import { type SpawnedService, spawnService, type TestIdentities } from '@lucid/testing';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const NAME = 'lucid-chunk-processor';

/** Who is called; nobody calls a processor but for its counters. */
export const NEIGHBOURS = ['lucid-session-recorder', 'lucid-session-storage'] as const;

export interface SpawnOptions {
  identities: TestIdentities;
  port?: number;
  instance?: number;
  environment?: Record<string, string>;
}

/** Makes sure that every caller has a key before a service reads the list. */
export function prepareIdentities(identities: TestIdentities): void {
  for (const name of [NAME, ...NEIGHBOURS]) identities.pemOf(name);
}

/** A real processor process on a loopback port, ready when this resolves. */
export function spawnProcessor(options: SpawnOptions): Promise<SpawnedService> {
  return spawnService({
    main: MAIN,
    ...(options.port === undefined ? {} : { port: options.port }),
    environment: {
      INSTANCE_ID: `${NAME}-${options.instance ?? 1}`,
      CLAIM_IDLE_MS: '20',
      ...options.identities.environment(NAME, NEIGHBOURS),
      ...options.environment,
    },
  });
}
