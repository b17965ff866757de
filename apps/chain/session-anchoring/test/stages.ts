import { FakeClock, startTestMongo, type TestMongo } from '@lucid/testing';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll } from 'vitest';
import { PretendedEngine } from './pretended-engine.ts';
import { openRig, type Rig, type RigOptions } from './rig.ts';

/** What one test plays on: a new database, a clock that stands still, a pretended engine, and the service over them. */
export interface Stage {
  database: Db;
  clock: FakeClock;
  engine: PretendedEngine;
  rig: Rig;
}

/** MongoDB for the tests of one file. @returns what sets up a new stage */
export function stages(name: string): (options?: Partial<RigOptions>) => Promise<Stage> {
  let mongo: TestMongo | undefined;
  let client: MongoClient | undefined;
  let databases = 0;
  beforeAll(async () => {
    mongo = await startTestMongo();
    client = await new MongoClient(mongo.uri(name)).connect();
  });
  afterAll(async () => {
    await client?.close();
    await mongo?.close();
  });
  return async (options = {}) => {
    if (!client) throw new Error('before the first test');
    const database = client.db(`${name}_${databases++}`);
    const clock = new FakeClock(Date.UTC(2026, 0, 5));
    const engine = new PretendedEngine(clock);
    const rig = await openRig(database, { clock, engine, seed: 'rig', ...options });
    return { database, clock, engine, rig };
  };
}
