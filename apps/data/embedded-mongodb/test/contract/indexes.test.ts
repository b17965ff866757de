import type { Document } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf, idsOf } from './harness.ts';

contractServer();

describe('unique indexes', () => {
  contract('a duplicate is refused with code 11000, the key pattern and the key value', async ({ rows }) => {
    await rows.createIndex({ email: 1 }, { unique: true });
    await rows.insertOne({ email: 'a@b.c' });
    const error = await errorOf(rows.insertOne({ email: 'a@b.c' }));
    expect(error.code).toBe(11000);
    expect(error.keyPattern).toEqual({ email: 1 });
    expect(error.keyValue).toEqual({ email: 'a@b.c' });
  });
  contract('the message of a duplicate names collection, index and key', async ({ rows, db }) => {
    await rows.createIndex({ email: 1 }, { unique: true });
    await rows.insertOne({ email: 'x' });
    const { message } = await errorOf(rows.insertOne({ email: 'x' }));
    expect(message).toContain(
      `E11000 duplicate key error collection: ${db.databaseName}.${rows.collectionName}`,
    );
    expect(message).toContain('index: email_1 dup key: { email: "x" }');
  });
  contract('two documents that both lack the field collide', async ({ rows }) => {
    await rows.createIndex({ a: 1 }, { unique: true });
    await rows.insertOne({ b: 1 });
    expect((await errorOf(rows.insertOne({ b: 2 }))).code).toBe(11000);
  });
  contract('null and a missing field are one key', async ({ rows }) => {
    await rows.createIndex({ a: 1 }, { unique: true });
    await rows.insertOne({ a: null });
    expect((await errorOf(rows.insertOne({ b: 2 }))).code).toBe(11000);
  });
  contract('a compound unique index compares all its fields', async ({ rows }) => {
    await rows.createIndex({ a: 1, b: 1 }, { unique: true });
    await rows.insertMany([
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ]);
    expect((await errorOf(rows.insertOne({ a: 1, b: 2 }))).code).toBe(11000);
  });
  contract('an update into a taken key is refused and changes nothing', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true });
    await rows.insertMany([
      { _id: 1, k: 1 },
      { _id: 2, k: 2 },
    ]);
    expect((await errorOf(rows.updateOne({ _id: 2 }, { $set: { k: 1, other: true } }))).code).toBe(11000);
    expect(await rows.findOne({ _id: 2 })).toEqual({ _id: 2, k: 2 });
  });
  contract('an upsert into a taken key is refused', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true });
    await rows.insertOne({ _id: 1, k: 1 });
    expect((await errorOf(rows.updateOne({ _id: 2 }, { $set: { k: 1 } }, { upsert: true }))).code).toBe(
      11000,
    );
  });
  contract('findOneAndUpdate into a taken key is refused', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true });
    await rows.insertMany([
      { _id: 1, k: 1 },
      { _id: 2, k: 2 },
    ]);
    expect((await errorOf(rows.findOneAndUpdate({ _id: 2 }, { $set: { k: 1 } }))).code).toBe(11000);
  });
  contract('a document may keep its own key', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true });
    await rows.insertOne({ _id: 1, k: 1 });
    expect((await rows.replaceOne({ _id: 1 }, { k: 1, a: 1 })).modifiedCount).toBe(1);
  });
  contract('numbers of different types are one key', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true });
    await rows.insertOne({ k: 1 });
    expect((await errorOf(rows.insertOne({ k: 1.0 }))).code).toBe(11000);
  });
  contract('a unique index over arrays compares the elements of different documents', async ({ rows }) => {
    await rows.createIndex({ tags: 1 }, { unique: true });
    await rows.insertOne({ tags: ['a', 'b', 'a'] });
    expect((await errorOf(rows.insertOne({ tags: ['c', 'b'] }))).code).toBe(11000);
    await rows.insertOne({ tags: ['c'] });
  });
  contract('a unique index cannot be built over duplicates', async ({ rows }) => {
    await rows.insertMany([{ k: 1 }, { k: 1 }]);
    expect((await errorOf(rows.createIndex({ k: 1 }, { unique: true }))).code).toBe(11000);
    expect(await rows.indexExists('k_1')).toBe(false);
  });
});

describe('partial and sparse indexes', () => {
  contract('a partial unique index binds only the documents it covers', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { live: true } });
    await rows.insertMany([
      { k: 1, live: false },
      { k: 1, live: false },
      { k: 1, live: true },
    ]);
    expect((await errorOf(rows.insertOne({ k: 1, live: true }))).code).toBe(11000);
  });
  contract('a document that comes into a partial index is checked then', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { live: true } });
    await rows.insertMany([
      { _id: 1, k: 1, live: true },
      { _id: 2, k: 1, live: false },
    ]);
    expect((await errorOf(rows.updateOne({ _id: 2 }, { $set: { live: true } }))).code).toBe(11000);
  });
  contract('a partial index does not hide documents from other queries', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { partialFilterExpression: { live: true } });
    await rows.insertMany([
      { _id: 1, k: 1, live: true },
      { _id: 2, k: 1 },
    ]);
    expect(await idsOf(rows, { k: 1 })).toEqual([1, 2]);
    expect(await idsOf(rows, { k: 1, live: true })).toEqual([1]);
  });
  contract('a partial index with $exists lets many documents lack the field', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { k: { $exists: true } } });
    await rows.insertMany([{ a: 1 }, { a: 2 }, { k: 1 }]);
    expect((await errorOf(rows.insertOne({ k: 1 }))).code).toBe(11000);
  });
  contract('a sparse unique index lets many documents lack the field', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true, sparse: true });
    await rows.insertMany([{ a: 1 }, { a: 2 }, { k: 1 }]);
    expect((await errorOf(rows.insertOne({ k: 1 }))).code).toBe(11000);
  });
  contract('a sparse index does not hide documents from a sort', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { sparse: true });
    await rows.insertMany([{ _id: 1, k: 1 }, { _id: 2 }]);
    expect((await rows.find().sort({ k: 1 }).toArray()).length).toBe(2);
  });
});

describe('indexes are used', () => {
  contract('an equality on an indexed field finds all its documents', async ({ rows }) => {
    await rows.createIndex({ status: 1 });
    await rows.insertMany(Array.from({ length: 300 }, (_, n) => ({ status: `s${n % 100}`, n })));
    expect(await rows.countDocuments({ status: 's5' })).toBe(3);
  });
  contract('a range and a sort on the index give the right order', async ({ rows }) => {
    await rows.createIndex({ n: 1 });
    await rows.insertMany(Array.from({ length: 100 }, (_, i) => ({ _id: i, n: (i * 37) % 100 })));
    const found = await rows
      .find({ n: { $gte: 10, $lt: 15 } })
      .sort({ n: -1 })
      .toArray();
    expect(found.map(({ n }) => n)).toEqual([14, 13, 12, 11, 10]);
  });
  contract('an equality and a sort share a compound index', async ({ rows }) => {
    await rows.createIndex({ status: 1, at: 1 });
    await rows.insertMany(
      Array.from({ length: 100 }, (_, i) => ({ status: i % 2 ? 'a' : 'b', at: 100 - i })),
    );
    expect((await rows.findOne({ status: 'a' }, { sort: { at: 1 } }))?.at).toBe(1);
    expect((await rows.findOne({ status: 'a' }, { sort: { at: -1 } }))?.at).toBe(99);
  });
  contract('a mixed-direction index sorts both ways', async ({ rows }) => {
    await rows.createIndex({ a: 1, b: -1 });
    await rows.insertMany([
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 1, b: 2 },
      { _id: 3, a: 2, b: 1 },
    ]);
    const order = async (sort: Document) => (await rows.find({}, { sort }).toArray()).map(({ _id }) => _id);
    expect(await order({ a: 1, b: -1 })).toEqual([2, 1, 3]);
    expect(await order({ a: -1, b: 1 })).toEqual([3, 1, 2]);
    expect(await order({ a: 1, b: 1 })).toEqual([1, 2, 3]);
  });
  contract('a query on an array finds each document once', async ({ rows }) => {
    await rows.createIndex({ n: 1 });
    await rows.insertMany([
      { _id: 1, n: [1, 2, 3] },
      { _id: 2, n: 2 },
      { _id: 3, n: [9] },
    ]);
    expect(await idsOf(rows, { n: { $gte: 1, $lte: 3 } })).toEqual([1, 2]);
    expect(await idsOf(rows, { n: { $in: [1, 2] } })).toEqual([1, 2]);
  });
  contract('a multikey range may be met by two different elements', async ({ rows }) => {
    await rows.createIndex({ n: 1 });
    await rows.insertMany([
      { _id: 1, n: [1, 10] },
      { _id: 2, n: [4] },
    ]);
    expect(await idsOf(rows, { n: { $gt: 3, $lt: 5 } })).toEqual([1, 2]);
  });
  contract('a compound index below one array does not mix up its elements', async ({ rows }) => {
    await rows.createIndex({ 'l.a': 1, 'l.b': 1 });
    await rows.insertMany([
      {
        _id: 1,
        l: [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
      },
      { _id: 2, l: [{ a: 1, b: 4 }] },
    ]);
    expect(await idsOf(rows, { 'l.a': 1, 'l.b': 4 })).toEqual([1, 2]);
    expect(await idsOf(rows, { l: { $elemMatch: { a: 1, b: 4 } } })).toEqual([2]);
  });
  contract('null finds missing fields through an index too', async ({ rows }) => {
    await rows.createIndex({ k: 1 });
    await rows.insertMany([{ _id: 1, k: null }, { _id: 2 }, { _id: 3, k: 0 }]);
    expect(await idsOf(rows, { k: null })).toEqual([1, 2]);
  });
  contract('an indexed dotted path is found inside documents and arrays', async ({ rows }) => {
    await rows.createIndex({ 'a.b': 1 });
    await rows.insertMany([
      { _id: 1, a: { b: 1 } },
      { _id: 2, a: [{ b: 1 }, { b: 2 }] },
      { _id: 3, a: 1 },
    ]);
    expect(await idsOf(rows, { 'a.b': 1 })).toEqual([1, 2]);
    expect(await idsOf(rows, { 'a.b': null })).toEqual([3]);
  });
  contract('an index follows updates and deletions', async ({ rows }) => {
    await rows.createIndex({ k: 1 });
    await rows.insertMany([
      { _id: 1, k: 'a' },
      { _id: 2, k: 'a' },
    ]);
    await rows.updateOne({ _id: 1 }, { $set: { k: 'b' } });
    await rows.deleteOne({ _id: 2 });
    expect([await idsOf(rows, { k: 'a' }), await idsOf(rows, { k: 'b' })]).toEqual([[], [1]]);
  });
  contract('a prefix expression uses the index and finds the right strings', async ({ rows }) => {
    await rows.createIndex({ s: 1 });
    await rows.insertMany(['ab', 'abc', 'abd', 'b', 'a'].map((s, _id) => ({ _id, s })));
    expect(await idsOf(rows, { s: /^ab/ })).toEqual([0, 1, 2]);
  });
  contract('a hint names the index to use', async ({ rows }) => {
    await rows.createIndex({ a: 1 });
    await rows.insertMany([
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 2, b: 1 },
    ]);
    expect((await rows.find({ b: 1 }).hint('a_1').toArray()).length).toBe(2);
  });
  contract('a hint that names no index is refused', async ({ rows }) => {
    await rows.insertOne({ a: 1 });
    expect((await errorOf(rows.find({ a: 1 }).hint('nope_1').toArray())).code).toBe(2);
  });
  contract('$or over two indexed fields finds each document once', async ({ rows }) => {
    await rows.createIndexes([{ key: { a: 1 } }, { key: { b: 1 } }]);
    await rows.insertMany([{ _id: 1, a: 1, b: 1 }, { _id: 2, a: 1 }, { _id: 3, b: 1 }, { _id: 4 }]);
    expect(await idsOf(rows, { $or: [{ a: 1 }, { b: 1 }] })).toEqual([1, 2, 3]);
  });
});
