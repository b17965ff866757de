import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf } from './harness.ts';

contractServer();

describe('managing indexes', () => {
  contract('listIndexes shows _id and what was created', async ({ rows }) => {
    await rows.createIndex({ a: 1, b: -1 }, { unique: true, name: 'mine' });
    const found = await rows.listIndexes().toArray();
    expect(found.map(({ name }) => name)).toEqual(['_id_', 'mine']);
    expect(found[1]).toMatchObject({ key: { a: 1, b: -1 }, unique: true });
  });
  contract('an index gets a name from its key', async ({ rows }) => {
    expect(await rows.createIndex({ a: 1, 'b.c': -1 })).toBe('a_1_b.c_-1');
  });
  contract('creating the same index again is no error', async ({ rows }) => {
    await rows.createIndex({ a: 1 });
    await rows.createIndex({ a: 1 });
    expect((await rows.indexes()).length).toBe(2);
  });
  contract('the same name for another key is refused', async ({ rows }) => {
    await rows.createIndex({ a: 1 }, { name: 'x' });
    expect((await errorOf(rows.createIndex({ b: 1 }, { name: 'x' }))).code).toBe(86);
  });
  contract('the same key under another name is refused', async ({ rows }) => {
    await rows.createIndex({ a: 1 }, { name: 'x' });
    expect((await errorOf(rows.createIndex({ a: 1 }, { name: 'y' }))).code).toBe(85);
  });
  contract('dropIndex removes an index', async ({ rows }) => {
    await rows.createIndex({ a: 1 });
    await rows.dropIndex('a_1');
    expect((await rows.indexes()).length).toBe(1);
  });
  contract('dropping an index that does not exist is code 27', async ({ rows }) => {
    await rows.insertOne({});
    expect((await errorOf(rows.dropIndex('nope'))).code).toBe(27);
  });
  contract('the _id index cannot be dropped', async ({ rows }) => {
    await rows.insertOne({});
    expect((await errorOf(rows.dropIndex('_id_'))).code).toBe(72);
  });
  contract('dropIndexes leaves only _id', async ({ rows }) => {
    await rows.createIndexes([{ key: { a: 1 } }, { key: { b: 1 } }]);
    await rows.dropIndexes();
    expect((await rows.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });
  contract('a TTL index keeps its time', async ({ rows }) => {
    await rows.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
    expect((await rows.indexes())[1]).toMatchObject({ expireAfterSeconds: 3600 });
  });
  contract('a compound TTL index is refused', async ({ rows }) => {
    expect((await errorOf(rows.createIndex({ a: 1, b: 1 }, { expireAfterSeconds: 1 }))).code).toBe(67);
  });
  contract('two arrays in one document cannot be indexed together', async ({ rows }) => {
    await rows.createIndex({ a: 1, b: 1 });
    expect((await errorOf(rows.insertOne({ a: [1, 2], b: [3, 4] }))).code).toBe(171);
  });
});
