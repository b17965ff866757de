import { Long, ObjectId } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf, without } from './harness.ts';

contractServer();

describe('inserting', () => {
  contract('insertOne stores a document that findOne gives back', async ({ rows }) => {
    const { acknowledged, insertedId } = await rows.insertOne({ name: 'a', n: 1 });
    expect(acknowledged).toBe(true);
    expect(await rows.findOne({ _id: insertedId })).toEqual({ _id: insertedId, name: 'a', n: 1 });
  });
  contract('insertOne makes an ObjectId when no _id is given', async ({ rows }) => {
    expect((await rows.insertOne({ a: 1 })).insertedId).toBeInstanceOf(ObjectId);
  });
  contract('the server makes an _id when the driver is told not to', async ({ rows }) => {
    await rows.insertOne({ a: 1 }, { forceServerObjectId: true });
    expect((await rows.findOne({ a: 1 }))?._id).toBeInstanceOf(ObjectId);
  });
  contract('_id comes first however the document was written', async ({ rows }) => {
    await rows.insertOne({ a: 1, _id: 7 });
    expect(Object.keys((await rows.findOne({})) ?? {})).toEqual(['_id', 'a']);
  });
  contract('an _id may be a document', async ({ rows }) => {
    await rows.insertOne({ _id: { a: 1, b: 2 }, x: 1 });
    expect((await rows.findOne({ _id: { a: 1, b: 2 } }))?.x).toBe(1);
    expect(await rows.findOne({ _id: { b: 2, a: 1 } })).toBeNull();
  });
  contract('an _id may not be an array', async ({ rows }) => {
    await errorOf(rows.insertOne({ _id: [1, 2] as never }));
    expect(await rows.countDocuments()).toBe(0);
  });
  contract('a second document with the same _id is refused with code 11000', async ({ rows }) => {
    await rows.insertOne({ _id: 1, first: true });
    expect((await errorOf(rows.insertOne({ _id: 1 }))).code).toBe(11000);
    expect(await rows.findOne({ _id: 1 })).toEqual({ _id: 1, first: true });
  });
  contract('the _ids 1 and 1.0 and Long 1 are one', async ({ rows }) => {
    await rows.insertOne({ _id: 1 });
    expect((await errorOf(rows.insertOne({ _id: Long.fromNumber(1) }))).code).toBe(11000);
  });
  contract('insertMany keeps the order and reports every id', async ({ rows }) => {
    const { insertedCount, insertedIds } = await rows.insertMany([{ _id: 3 }, { _id: 1 }, { _id: 2 }]);
    expect(insertedCount).toBe(3);
    expect(insertedIds).toEqual({ 0: 3, 1: 1, 2: 2 });
  });
  contract('a document of more than 16 MiB is refused', async ({ rows }) => {
    const large = 'x'.repeat(16 * 1024 * 1024);
    await expect(rows.insertOne({ large })).rejects.toThrow();
    expect(await rows.countDocuments()).toBe(0);
  });
  contract('a document just below 16 MiB is stored', async ({ rows }) => {
    const large = 'x'.repeat(16 * 1024 * 1024 - 100);
    await rows.insertOne({ _id: 1, large });
    expect((await rows.findOne({ _id: 1 }))?.large.length).toBe(large.length);
  });
  contract('field names may hold any character but NUL', async ({ rows }) => {
    const doc = { 'with space': 1, ünïcode: 2, __proto: 3, constructor: 4 };
    await rows.insertOne({ _id: 1, ...doc });
    expect(without(await rows.findOne({ _id: 1 }))).toEqual(doc);
  });
});

describe('bulk writes', () => {
  contract('an ordered insertMany stops at the first error', async ({ rows }) => {
    const error = await errorOf(rows.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }]));
    expect(error.code).toBe(11000);
    expect(await rows.countDocuments()).toBe(1);
  });
  contract('an unordered insertMany goes on after errors and reports each index', async ({ rows }) => {
    const docs = [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }, { _id: 3 }];
    const error = await errorOf(rows.insertMany(docs, { ordered: false }));
    const { writeErrors } = error as unknown as { writeErrors: { index: number; code: number }[] };
    expect(writeErrors.map(({ index }) => index)).toEqual([1, 3]);
    expect(await rows.countDocuments()).toBe(3);
  });
  contract('bulkWrite mixes all kinds of writes and counts them', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
      { _id: 3, n: 3 },
    ]);
    const result = await rows.bulkWrite([
      { insertOne: { document: { _id: 4 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { n: 10 } } } },
      { updateMany: { filter: { n: { $gte: 2 } }, update: { $inc: { n: 1 } } } },
      { replaceOne: { filter: { _id: 9 }, replacement: { n: 9 }, upsert: true } },
      { deleteOne: { filter: { _id: 2 } } },
    ]);
    expect([result.insertedCount, result.matchedCount, result.modifiedCount]).toEqual([1, 4, 4]);
    expect([result.upsertedCount, result.deletedCount]).toEqual([1, 1]);
    expect(result.upsertedIds[3]).toBe(9);
  });
  contract('an ordered bulkWrite keeps what came before the error', async ({ rows }) => {
    await rows.insertOne({ _id: 1 });
    const write = rows.bulkWrite([
      { insertOne: { document: { _id: 2 } } },
      { insertOne: { document: { _id: 1 } } },
      { insertOne: { document: { _id: 3 } } },
    ]);
    expect((await errorOf(write)).code).toBe(11000);
    expect(await rows.countDocuments()).toBe(2);
  });
  contract('three thousand documents go in at once', async ({ rows }) => {
    const docs = Array.from({ length: 3000 }, (_, _id) => ({ _id, text: 'x'.repeat(50) }));
    expect((await rows.insertMany(docs)).insertedCount).toBe(3000);
    expect(await rows.countDocuments()).toBe(3000);
  });
});

describe('updating', () => {
  contract('updateOne changes one document and says so', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ]);
    const result = await rows.updateOne({ a: 1 }, { $set: { b: 2 } });
    expect([result.matchedCount, result.modifiedCount]).toEqual([1, 1]);
    expect(await rows.countDocuments({ b: 2 })).toBe(1);
  });
  contract('an update that changes nothing matches and does not modify', async ({ rows }) => {
    await rows.insertOne({ _id: 1, a: 1 });
    const result = await rows.updateOne({ _id: 1 }, { $set: { a: 1 } });
    expect([result.matchedCount, result.modifiedCount]).toEqual([1, 0]);
  });
  contract('updateMany changes all that match', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
      { _id: 3, a: 2 },
    ]);
    const result = await rows.updateMany({ a: 1 }, { $inc: { a: 1 } });
    expect([result.matchedCount, result.modifiedCount]).toEqual([2, 2]);
    expect(await rows.countDocuments({ a: 2 })).toBe(3);
  });
  contract('updateMany meets no document twice when the update moves it in the index', async ({ rows }) => {
    await rows.createIndex({ n: 1 });
    await rows.insertMany(Array.from({ length: 50 }, (_, _id) => ({ _id, n: _id })));
    expect((await rows.updateMany({ n: { $gte: 0 } }, { $inc: { n: 10 } })).modifiedCount).toBe(50);
    expect((await rows.findOne({ _id: 0 }))?.n).toBe(10);
  });
  contract('replaceOne keeps nothing but the _id', async ({ rows }) => {
    await rows.insertOne({ _id: 1, a: 1, b: 2 });
    await rows.replaceOne({ _id: 1 }, { c: 3 });
    expect(await rows.findOne({ _id: 1 })).toEqual({ _id: 1, c: 3 });
  });
  contract('the _id cannot be changed', async ({ rows }) => {
    await rows.insertOne({ _id: 1 });
    expect((await errorOf(rows.updateOne({ _id: 1 }, { $set: { _id: 2 } }))).code).toBe(66);
  });
  contract('a replacement with another _id is refused', async ({ rows }) => {
    await rows.insertOne({ _id: 1 });
    expect((await errorOf(rows.replaceOne({ _id: 1 }, { _id: 2, a: 1 } as never))).code).toBe(66);
  });
  contract('an update of a collection that does not exist matches nothing', async ({ rows }) => {
    expect((await rows.updateOne({ a: 1 }, { $set: { a: 2 } })).matchedCount).toBe(0);
  });
  contract('an upsert inserts the equality fields of the filter and the update', async ({ rows }) => {
    const result = await rows.updateOne(
      { _id: 5, 'a.b': 1, n: { $gt: 3 } },
      { $set: { c: 2 } },
      { upsert: true },
    );
    expect([result.upsertedId, result.upsertedCount, result.matchedCount]).toEqual([5, 1, 0]);
    expect(await rows.findOne({ _id: 5 })).toEqual({ _id: 5, a: { b: 1 }, c: 2 });
  });
  contract('an upsert takes equalities out of $and and $eq', async ({ rows }) => {
    await rows.updateOne({ $and: [{ a: 1 }, { b: { $eq: 2 } }] }, { $set: { c: 3 } }, { upsert: true });
    expect(without(await rows.findOne({}))).toEqual({ a: 1, b: 2, c: 3 });
  });
  contract('an upsert that finds a document updates it', async ({ rows }) => {
    await rows.insertOne({ _id: 1, n: 1 });
    const result = await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { upsert: true });
    expect([result.upsertedCount, result.modifiedCount]).toEqual([0, 1]);
  });
  contract('a replacing upsert takes only the _id from the filter', async ({ rows }) => {
    await rows.replaceOne({ _id: 3, a: 1 }, { b: 2 }, { upsert: true });
    expect(await rows.findOne({ _id: 3 })).toEqual({ _id: 3, b: 2 });
  });
  contract('$setOnInsert counts only when the upsert inserts', async ({ rows }) => {
    const update = { $set: { a: 1 }, $setOnInsert: { made: true } };
    await rows.updateOne({ _id: 1 }, update, { upsert: true });
    await rows.insertOne({ _id: 2 });
    await rows.updateOne({ _id: 2 }, update, { upsert: true });
    expect(await rows.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
      { _id: 1, a: 1, made: true },
      { _id: 2, a: 1 },
    ]);
  });
});

describe('deleting', () => {
  contract('deleteOne removes one document', async ({ rows }) => {
    await rows.insertMany([{ a: 1 }, { a: 1 }]);
    expect((await rows.deleteOne({ a: 1 })).deletedCount).toBe(1);
    expect(await rows.countDocuments()).toBe(1);
  });
  contract('deleteMany removes all that match', async ({ rows }) => {
    await rows.insertMany([{ a: 1 }, { a: 1 }, { a: 2 }]);
    expect((await rows.deleteMany({ a: 1 })).deletedCount).toBe(2);
  });
  contract('deleting where nothing matches removes nothing', async ({ rows }) => {
    expect((await rows.deleteMany({ a: 1 })).deletedCount).toBe(0);
  });
  contract('a deleted key of a unique index is free again', async ({ rows }) => {
    await rows.createIndex({ k: 1 }, { unique: true });
    await rows.insertOne({ k: 1 });
    await rows.deleteOne({ k: 1 });
    await rows.insertOne({ k: 1 });
    expect(await rows.countDocuments({ k: 1 })).toBe(1);
  });
});

describe('findOneAnd…', () => {
  contract('findOneAndUpdate gives the document from before', async ({ rows }) => {
    await rows.insertOne({ _id: 1, n: 1 });
    expect(await rows.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } })).toEqual({ _id: 1, n: 1 });
  });
  contract('findOneAndUpdate gives the new document when asked', async ({ rows }) => {
    await rows.insertOne({ _id: 1, n: 1 });
    const after = await rows.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: 'after' });
    expect(after).toEqual({ _id: 1, n: 2 });
  });
  contract('findOneAndUpdate gives null when nothing matches', async ({ rows }) => {
    expect(await rows.findOneAndUpdate({ _id: 1 }, { $set: { a: 1 } })).toBeNull();
  });
  contract('findOneAndUpdate takes the first in the order of the sort', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, at: 3 },
      { _id: 2, at: 1 },
      { _id: 3, at: 2 },
    ]);
    const found = await rows.findOneAndUpdate({}, { $set: { taken: true } }, { sort: { at: 1 } });
    expect(found?._id).toBe(2);
  });
  contract('findOneAndUpdate with upsert inserts and gives the new document', async ({ rows }) => {
    const options = { upsert: true, returnDocument: 'after' } as const;
    expect(await rows.findOneAndUpdate({ _id: 8 }, { $set: { a: 1 } }, options)).toEqual({ _id: 8, a: 1 });
  });
  contract('findOneAndUpdate with upsert gives null for the document from before', async ({ rows }) => {
    expect(await rows.findOneAndUpdate({ _id: 8 }, { $set: { a: 1 } }, { upsert: true })).toBeNull();
  });
  contract('findOneAndUpdate projects its answer', async ({ rows }) => {
    await rows.insertOne({ _id: 1, a: 1, b: 2 });
    const found = await rows.findOneAndUpdate(
      { _id: 1 },
      { $set: { a: 2 } },
      { projection: { _id: 0, b: 1 } },
    );
    expect(found).toEqual({ b: 2 });
  });
  contract('findOneAndUpdate tells about the upsert in its metadata', async ({ rows }) => {
    const result = await rows.findOneAndUpdate(
      { _id: 4 },
      { $set: { a: 1 } },
      { upsert: true, includeResultMetadata: true },
    );
    expect(result.lastErrorObject).toMatchObject({ n: 1, updatedExisting: false, upserted: 4 });
  });
  contract('findOneAndReplace replaces', async ({ rows }) => {
    await rows.insertOne({ _id: 1, a: 1 });
    await rows.findOneAndReplace({ _id: 1 }, { b: 1 });
    expect(await rows.findOne({})).toEqual({ _id: 1, b: 1 });
  });
  contract('findOneAndDelete removes and gives the document', async ({ rows }) => {
    await rows.insertOne({ _id: 1, a: 1 });
    expect(await rows.findOneAndDelete({ _id: 1 })).toEqual({ _id: 1, a: 1 });
    expect(await rows.countDocuments()).toBe(0);
  });
  contract('twenty workers claim a hundred jobs, each exactly once', async ({ rows }) => {
    await rows.createIndex({ status: 1, at: 1 });
    await rows.insertMany(Array.from({ length: 100 }, (_, _id) => ({ _id, status: 'waiting', at: _id })));
    const claimed: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (;;) {
        const job = await rows.findOneAndUpdate(
          { status: 'waiting' },
          { $set: { status: 'taken' } },
          { sort: { at: 1 } },
        );
        if (!job) return;
        claimed.push(job._id);
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    expect(new Set(claimed).size).toBe(100);
    expect(claimed.length).toBe(100);
  });
});
