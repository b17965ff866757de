import type { Clock } from '@lucid/clock';
import { startTestMongo, type TestMongo } from '@lucid/testing';
import { afterAll, beforeAll } from 'vitest';
import { RunningApi } from './api.ts';
import { World } from './world.ts';

export interface ApiInWorld {
  world: World;
  api: RunningApi;
  /** One more instance on the same database. */
  another(environment?: Record<string, string>): RunningApi;
  /** Of a database of its own for each name. */
  mongoUri(name?: string): string;
}

/** session-api among pretended services; they run from before the first test of a file until after the last. */
export function apiInWorld(
  name: string,
  environment: Record<string, string> = {},
  clock?: Clock,
): ApiInWorld {
  const world = new World();
  const instances = new Map<RunningApi, Record<string, string>>();
  let mongo: TestMongo | undefined;
  const mongoUri = (database = name): string => {
    if (!mongo) throw new Error('before the first test');
    return mongo.uri(`session_api_${database}_${process.pid}`);
  };
  const another = (its: Record<string, string> = {}): RunningApi => {
    const api = new RunningApi(clock);
    instances.set(api, its);
    return api;
  };
  const api = another(environment);
  beforeAll(async () => {
    [mongo] = await Promise.all([startTestMongo(), world.start()]);
    await Promise.all(
      [...instances].map(([one, its]) => one.begin(mongoUri(), { ...world.environment, ...its })),
    );
  }, 60_000);
  afterAll(async () => {
    await Promise.all([...instances.keys()].map((one) => one[Symbol.asyncDispose]()));
    await world[Symbol.asyncDispose]();
    await mongo?.close();
  });
  return { world, api, another, mongoUri };
}
