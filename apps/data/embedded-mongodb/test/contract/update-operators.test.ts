import { Double, Int32, Long, Timestamp } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf, type Row, without } from './harness.ts';

contractServer();

const changes = (
  sentence: string,
  before: Row,
  update: object,
  after: object,
  filter: object = { _id: 1 },
  options = {},
): void =>
  contract(sentence, async ({ rows }) => {
    await rows.insertOne({ _id: 1, ...before });
    await rows.updateOne(filter, update as never, options);
    expect(without(await rows.findOne({ _id: 1 }))).toEqual(after);
  });
const refuses = (sentence: string, before: Row, update: object, code: number): void =>
  contract(sentence, async ({ rows }) => {
    await rows.insertOne({ _id: 1, ...before });
    expect((await errorOf(rows.updateOne({ _id: 1 }, update as never))).code).toBe(code);
    expect(without(await rows.findOne({ _id: 1 }))).toEqual(before);
  });

describe('fields', () => {
  changes('$set sets and adds fields', { a: 1 }, { $set: { a: 2, b: 3 } }, { a: 2, b: 3 });
  changes('$set makes the documents on its way', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } });
  changes(
    '$set reaches into an array by position',
    { a: [1, 2, 3] },
    { $set: { 'a.1': 9 } },
    { a: [1, 9, 3] },
  );
  changes(
    '$set beyond the end fills up with null',
    { a: [1] },
    { $set: { 'a.3': 4 } },
    { a: [1, null, null, 4] },
  );
  changes('$unset removes a field', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 });
  changes(
    '$unset of a nested field leaves its neighbours',
    { a: { b: 1, c: 2 } },
    { $unset: { 'a.b': 1 } },
    { a: { c: 2 } },
  );
  changes(
    '$unset of an array element leaves null',
    { a: [1, 2] },
    { $unset: { 'a.0': 1 } },
    { a: [null, 2] },
  );
  changes('$unset of nothing changes nothing', { a: 1 }, { $unset: { b: 1 } }, { a: 1 });
  changes('$rename moves a value', { a: 1, c: 2 }, { $rename: { a: 'b' } }, { b: 1, c: 2 });
  changes('$rename of a missing field changes nothing', { a: 1 }, { $rename: { x: 'y' } }, { a: 1 });
  changes('$inc adds', { n: 1 }, { $inc: { n: 5 } }, { n: 6 });
  changes('$inc of a missing field sets it', {}, { $inc: { n: 5 } }, { n: 5 });
  changes(
    '$inc takes negative and fractional amounts',
    { n: 1, m: 1 },
    { $inc: { n: -3, m: 0.5 } },
    { n: -2, m: 1.5 },
  );
  changes('$mul multiplies', { n: 4 }, { $mul: { n: 2.5 } }, { n: 10 });
  changes('$mul of a missing field sets zero', {}, { $mul: { n: 3 } }, { n: 0 });
  changes('$min keeps the smaller value', { a: 5, b: 5 }, { $min: { a: 3, b: 9 } }, { a: 3, b: 5 });
  changes('$max keeps the larger value', { a: 5, b: 5 }, { $max: { a: 3, b: 9 } }, { a: 5, b: 9 });
  changes('$bit works on integers', { n: 13 }, { $bit: { n: { and: 10 } } }, { n: 8 });
  changes(
    'a pipeline update computes from the document',
    { a: 2, b: 3 },
    [{ $set: { sum: { $add: ['$a', '$b'] } } }, { $unset: 'a' }],
    { b: 3, sum: 5 },
  );
  contract('$currentDate sets the server’s time', async ({ rows }) => {
    await rows.insertOne({ _id: 1 });
    await rows.updateOne({ _id: 1 }, { $currentDate: { at: true, stamp: { $type: 'timestamp' } } } as never);
    const found = await rows.findOne({ _id: 1 });
    expect(Math.abs(Date.now() - found?.at.getTime())).toBeLessThan(60_000);
    expect(found?.stamp).toBeInstanceOf(Timestamp);
  });
  contract('$inc on an int32 past its range makes an int64', async ({ rows }) => {
    await rows.insertOne({ _id: 1, n: new Int32(2_147_483_647) });
    await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    expect((await rows.findOne({ _id: 1 }, { promoteLongs: false }))?.n).toEqual(
      Long.fromNumber(2_147_483_648),
    );
  });
  contract('$inc with an int64 makes an int64, with a double a double', async ({ rows }) => {
    await rows.insertOne({ _id: 1, a: new Int32(1), b: new Int32(1) });
    await rows.updateOne({ _id: 1 }, { $inc: { a: Long.fromNumber(1), b: new Double(1) } } as never);
    const found = await rows.findOne({ _id: 1 }, { promoteValues: false });
    expect(found?.a).toEqual(Long.fromNumber(2));
    expect(found?.b).toEqual(new Double(2));
  });
});

describe('arrays', () => {
  changes('$push appends', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] });
  changes('$push makes the array', {}, { $push: { a: 1 } }, { a: [1] });
  changes(
    '$push with $each appends several',
    { a: [1] },
    { $push: { a: { $each: [2, 3] } } },
    { a: [1, 2, 3] },
  );
  changes(
    '$push with $position inserts',
    { a: [1, 4] },
    { $push: { a: { $each: [2, 3], $position: 1 } } },
    { a: [1, 2, 3, 4] },
  );
  changes(
    '$push with $slice keeps the last',
    { a: [1, 2] },
    { $push: { a: { $each: [3], $slice: -2 } } },
    { a: [2, 3] },
  );
  changes(
    '$push with $sort orders',
    { a: [3, 1] },
    { $push: { a: { $each: [2], $sort: 1 } } },
    { a: [1, 2, 3] },
  );
  changes(
    '$push with $sort orders documents by a field',
    { a: [{ n: 2 }] },
    { $push: { a: { $each: [{ n: 3 }, { n: 1 }], $sort: { n: -1 } } } },
    { a: [{ n: 3 }, { n: 2 }, { n: 1 }] },
  );
  changes('$addToSet adds what is not there', { a: [1, 2] }, { $addToSet: { a: 3 } }, { a: [1, 2, 3] });
  changes('$addToSet leaves what is there', { a: [1, 2] }, { $addToSet: { a: 2 } }, { a: [1, 2] });
  changes(
    '$addToSet with $each adds only new values',
    { a: [1] },
    { $addToSet: { a: { $each: [1, 2, 2] } } },
    { a: [1, 2] },
  );
  changes('$pop removes the last', { a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] });
  changes('$pop removes the first', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] });
  changes('$pull removes equal values', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] });
  changes('$pull removes by condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] });
  changes(
    '$pull removes documents that match',
    {
      a: [
        { k: 1, v: 1 },
        { k: 2, v: 2 },
      ],
    },
    { $pull: { a: { k: 1 } } },
    { a: [{ k: 2, v: 2 }] },
  );
  changes('$pullAll removes several values', { a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { a: [2] });
  changes(
    '$ changes the element the filter matched',
    { a: [1, 2, 3] },
    { $set: { 'a.$': 9 } },
    { a: [1, 9, 3] },
    { a: 2 },
  );
  changes(
    '$ reaches into the matched document',
    { a: [{ k: 1 }, { k: 2, v: 0 }] },
    { $set: { 'a.$.v': 5 } },
    { a: [{ k: 1 }, { k: 2, v: 5 }] },
    { 'a.k': 2 },
  );
  changes(
    '$ follows $elemMatch',
    {
      a: [
        { k: 1, v: 1 },
        { k: 1, v: 2 },
      ],
    },
    { $inc: { 'a.$.v': 10 } },
    {
      a: [
        { k: 1, v: 1 },
        { k: 1, v: 12 },
      ],
    },
    { a: { $elemMatch: { k: 1, v: 2 } } },
  );
  changes('$[] changes every element', { a: [1, 2] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12] });
  changes(
    '$[name] changes the elements its filter accepts',
    { a: [1, 5, 9] },
    { $set: { 'a.$[big]': 0 } },
    { a: [1, 0, 0] },
    { _id: 1 },
    { arrayFilters: [{ big: { $gte: 5 } }] },
  );
  changes(
    '$[name] reaches into documents',
    { a: [{ k: 1 }, { k: 2 }] },
    { $set: { 'a.$[e].v': 1 } },
    { a: [{ k: 1 }, { k: 2, v: 1 }] },
    { _id: 1 },
    { arrayFilters: [{ 'e.k': 2 }] },
  );
});

describe('refusals leave the document alone', () => {
  refuses('two operators on one path conflict', { a: 1 }, { $set: { a: 2 }, $inc: { a: 1 } }, 40);
  refuses('a path and its parent conflict', { a: { b: 1 } }, { $set: { a: 2, 'a.b': 1 } }, 40);
  refuses('$inc of a string is a type mismatch', { a: 'x' }, { $inc: { a: 1 } }, 14);
  refuses('$inc by a string is a type mismatch', { a: 1 }, { $inc: { a: 'x' } }, 14);
  refuses('$push onto a scalar is BadValue', { a: 1 }, { $push: { a: 2 } }, 2);
  refuses('a path below a scalar is not viable', { a: 1 }, { $set: { 'a.b': 2 } }, 28);
  refuses('an unknown modifier does not parse', { a: 1 }, { $bogus: { a: 1 } }, 9);
  refuses('$pop by two does not parse', { a: [1] }, { $pop: { a: 2 } }, 9);
  refuses('$ without a matched array is BadValue', { a: [1] }, { $set: { 'a.$': 1 } }, 2);
});
