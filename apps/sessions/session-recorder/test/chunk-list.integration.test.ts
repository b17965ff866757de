import { startTestMongo, type TestMongo } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Chunks } from '../src/adapters/chunks.ts';
import { type ChunkDocument, chunksDefinition } from '../src/adapters/documents.ts';

let mongo: TestMongo;
let client: MongoClient;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await new MongoClient(mongo.uri(`recorder_list_${process.pid}`)).connect();
}, 60_000);
afterAll(async () => {
  await client?.close();
  await mongo?.close();
});

it('chunks are listed by the time they were sealed: from then on, and before then', async () => {
  const collection = client.db().collection<ChunkDocument>(chunksDefinition.name);
  const minute = (at: number) => `2026-01-01T00:0${at}:00.000Z`;
  await collection.insertMany(
    [1, 2, 3, 4].map((number) => {
      const status = number < 4 ? 'stored' : 'recorded';
      const session = { session_id: 's', sequence_number: number };
      return { _id: `s-${number}`, ...session, status, created_at: minute(number) } as ChunkDocument;
    }),
  );
  const chunks = new Chunks(collection);
  const numbers = async (wish: Partial<Parameters<Chunks['list']>[1]>) =>
    (await chunks.list('s', { limit: 10, offset: 0, ...wish })).chunks.map((chunk) => chunk.sequence_number);
  expect(await numbers({ from: minute(2) })).toEqual([2, 3, 4]);
  expect(await numbers({ until: minute(3) })).toEqual([1, 2]);
  expect(await numbers({ from: minute(2), until: minute(4) })).toEqual([2, 3]);
  expect(await numbers({ from: minute(2), status: 'recorded' })).toEqual([4]);
  expect((await chunks.list('s', { limit: 1, offset: 1, from: minute(2) })).total).toBe(3);
});
