import type { ServiceContext } from '@lucid/service';
import { startTestMongo, TestIdentities, type TestMongo, testContext } from '@lucid/testing';
import type { Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineCollection, isDuplicateKey, openCollection, openMongo } from '../src/index.ts';

interface Note {
  _id: string;
  owner: string;
}

let mongo: TestMongo;
let identities: TestIdentities;
let context: ServiceContext;
let database: Db;

beforeAll(async () => {
  mongo = await startTestMongo();
  identities = new TestIdentities();
  context = testContext({ service: 'lucid-notes', identities });
  database = await openMongo(mongo.uri('lucid_mongo_test'), context);
});
afterAll(async () => {
  await database.dropDatabase();
  await context.lifecycle.stop();
  await mongo.close();
  identities[Symbol.dispose]();
});

describe('MongoDB access', () => {
  it('adds a health check that really asks', async () => {
    await context.health.refresh();
    expect(context.health.report().dependencies).toMatchObject({ mongodb: 'healthy' });
  });

  it('creates indexes, twice without harm, and tells a duplicate key from other failures', async () => {
    const notes = defineCollection<Note>('notes', [{ key: { owner: 1 }, unique: true }]);
    const collection = await openCollection(database, notes);
    await openCollection(database, notes);
    await collection.insertOne({ _id: 'a', owner: 'ann' });
    const second = await collection.insertOne({ _id: 'b', owner: 'ann' }).catch((error: unknown) => error);
    expect(isDuplicateKey(second)).toBe(true);
    expect(isDuplicateKey(new Error('E11000'))).toBe(false);
  });

  it('gives up on a server that does not answer, and says why', async () => {
    using other = new TestIdentities();
    const lonely = testContext({ service: 'lucid-notes', identities: other });
    const opening = openMongo('mongodb://127.0.0.1:1/lucid', lonely);
    const stopped = lonely.lifecycle.stop();
    await expect(opening).rejects.toThrow();
    await stopped;
  }, 15_000); // the driver looks for a server for 5 s
});
