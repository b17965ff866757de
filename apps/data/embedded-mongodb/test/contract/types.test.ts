import { Binary, BSONRegExp, Code, Double, Long, ObjectId, Timestamp, UUID } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf } from './harness.ts';

contractServer();

describe('values', () => {
  contract('a date keeps its milliseconds', async ({ rows }) => {
    const at = new Date(1_700_000_000_123);
    await rows.insertOne({ at });
    expect((await rows.findOne({ at }))?.at).toEqual(at);
  });
  contract('a date before 1970 survives and sorts first', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, at: new Date(0) },
      { _id: 2, at: new Date(-1) },
    ]);
    expect((await rows.find().sort({ at: 1 }).toArray()).map(({ _id }) => _id)).toEqual([2, 1]);
  });
  contract('a UUID is found by value', async ({ rows }) => {
    const id = new UUID('01234567-89ab-4def-8123-456789abcdef');
    await rows.insertOne({ _id: 1, id });
    expect((await rows.findOne({ id }))?._id).toBe(1);
    expect(String((await rows.findOne({ _id: 1 }))?.id)).toBe(id.toString());
  });
  contract('bytes come back as they were', async ({ rows }) => {
    const bytes = Buffer.from([0, 1, 2, 255, 254]);
    await rows.insertOne({ _id: 1, bytes: new Binary(bytes) });
    const found = await rows.findOne({ bytes: new Binary(bytes) });
    expect(Buffer.from(found?.bytes.value())).toEqual(bytes);
  });
  contract('shorter bytes sort before longer ones whatever they hold', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, b: new Binary(Buffer.from([1, 1])) },
      { _id: 2, b: new Binary(Buffer.from([9])) },
    ]);
    expect((await rows.find().sort({ b: 1 }).toArray()).map(({ _id }) => _id)).toEqual([2, 1]);
  });
  contract('a regular expression can be a value', async ({ rows }) => {
    await rows.insertOne({ _id: 1, r: new BSONRegExp('^a', 'i') });
    expect(String((await rows.findOne({ _id: 1 }))?.r)).toBe('/^a/i');
  });
  contract('code can be a value', async ({ rows }) => {
    await rows.insertOne({ _id: 1, c: new Code('return 1') });
    expect((await rows.findOne({ _id: 1 }))?.c.code).toBe('return 1');
  });
  contract('a timestamp keeps both parts', async ({ rows }) => {
    const stamp = new Timestamp({ t: 1_700_000_000, i: 7 });
    await rows.insertOne({ _id: 1, stamp });
    expect((await rows.findOne({ stamp }))?._id).toBe(1);
  });
  contract('an int64 beyond 2^53 comes back to the last digit', async ({ rows }) => {
    const n = Long.fromString('9223372036854775807');
    await rows.insertOne({ _id: 1, n });
    expect((await rows.findOne({ _id: 1 }, { useBigInt64: true }))?.n).toBe(9223372036854775807n);
  });
  contract('NaN and infinity are numbers that can be found', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, n: Number.NaN },
      { _id: 2, n: Number.POSITIVE_INFINITY },
      { _id: 3, n: 1 },
    ]);
    expect((await rows.findOne({ n: Number.NaN }))?._id).toBe(1);
    expect((await rows.find().sort({ n: 1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 3, 2]);
  });
  contract('strings keep every character', async ({ rows }) => {
    const s = 'žluťoučký 😀 \u0001 "quoted" \\';
    await rows.insertOne({ s });
    expect((await rows.findOne({ s }))?.s).toBe(s);
  });
  contract('deeply nested documents survive', async ({ rows }) => {
    let deep: object = { end: true };
    for (let i = 0; i < 50; i++) deep = { deep };
    await rows.insertOne({ _id: 1, deep });
    expect((await rows.findOne({ _id: 1 }))?.deep).toEqual(deep);
  });
  contract('null, empty string, empty array and empty document are four values', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, v: null },
      { _id: 2, v: '' },
      { _id: 3, v: [] },
      { _id: 4, v: {} },
    ]);
    expect((await rows.findOne({ v: '' }))?._id).toBe(2);
    expect((await rows.findOne({ v: {} }))?._id).toBe(4);
    expect(await rows.countDocuments({ v: null })).toBe(1);
  });
});

describe('sorting over types', () => {
  contract(
    'types sort null, numbers, strings, documents, arrays, bytes, ids, booleans, dates',
    async ({ rows }) => {
      const values = [
        new Date(0),
        false,
        new ObjectId(),
        new Binary(Buffer.from('a')),
        { a: 1 },
        'a',
        1,
        null,
      ];
      await rows.insertMany(values.map((v, _id) => ({ _id, v })));
      expect((await rows.find().sort({ v: 1 }).toArray()).map(({ _id }) => _id)).toEqual([
        7, 6, 5, 4, 3, 2, 1, 0,
      ]);
    },
  );
  contract('numbers of different types sort by value', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, n: new Double(2.5) },
      { _id: 2, n: Long.fromNumber(2) },
      { _id: 3, n: 3 },
      { _id: 4, n: -1 },
    ]);
    expect((await rows.find().sort({ n: 1 }).toArray()).map(({ _id }) => _id)).toEqual([4, 2, 1, 3]);
  });
  contract('missing fields sort with null', async ({ rows }) => {
    await rows.insertMany([{ _id: 1, n: 1 }, { _id: 2 }, { _id: 3, n: null }]);
    expect((await rows.find().sort({ n: 1, _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual([2, 3, 1]);
  });
  contract('an array sorts upwards by its least element and downwards by its greatest', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, a: [1, 9] },
      { _id: 2, a: [2, 3] },
      { _id: 3, a: 5 },
    ]);
    expect((await rows.find().sort({ a: 1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 2, 3]);
    expect((await rows.find().sort({ a: -1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 3, 2]);
  });
  contract('several fields sort one after the other, each in its direction', async ({ rows }) => {
    await rows.insertMany([
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 1, b: 2 },
      { _id: 3, a: 0, b: 5 },
    ]);
    expect((await rows.find().sort({ a: 1, b: -1 }).toArray()).map(({ _id }) => _id)).toEqual([3, 2, 1]);
  });
});

describe('projections', () => {
  const projects = (sentence: string, projection: object, expected: object): void =>
    contract(sentence, async ({ rows }) => {
      await rows.insertOne({
        _id: 1,
        a: 1,
        b: { c: 2, d: 3 },
        list: [
          { x: 1, y: 1 },
          { x: 2, y: 2 },
          { x: 3, y: 3 },
        ],
      });
      expect(await rows.findOne({ _id: 1 }, { projection })).toEqual(expected);
    });
  projects('an inclusion keeps the field and the _id', { a: 1 }, { _id: 1, a: 1 });
  projects('the _id can be left out of an inclusion', { _id: 0, a: 1 }, { a: 1 });
  projects('an exclusion drops the field', { list: 0, b: 0 }, { _id: 1, a: 1 });
  projects('a dotted inclusion keeps the nested field alone', { 'b.c': 1 }, { _id: 1, b: { c: 2 } });
  projects(
    'a dotted exclusion drops the nested field alone',
    { 'b.c': 0, list: 0 },
    { _id: 1, a: 1, b: { d: 3 } },
  );
  projects(
    'a nested projection document means the same as a dotted path',
    { b: { c: 1 } },
    { _id: 1, b: { c: 2 } },
  );
  projects(
    'an inclusion reaches into arrays',
    { _id: 0, 'list.x': 1 },
    { list: [{ x: 1 }, { x: 2 }, { x: 3 }] },
  );
  projects('a field that does not exist is not invented', { nope: 1 }, { _id: 1 });
  projects(
    '$slice takes the first elements',
    { _id: 0, list: { $slice: 1 }, a: 1 },
    { a: 1, list: [{ x: 1, y: 1 }] },
  );
  projects(
    '$slice takes the last elements',
    { _id: 0, a: 1, list: { $slice: -1 } },
    { a: 1, list: [{ x: 3, y: 3 }] },
  );
  projects(
    '$slice skips and takes',
    { _id: 0, a: 1, list: { $slice: [1, 1] } },
    { a: 1, list: [{ x: 2, y: 2 }] },
  );
  projects(
    '$elemMatch keeps the first element that fits',
    { list: { $elemMatch: { x: { $gte: 2 } } } },
    { _id: 1, list: [{ x: 2, y: 2 }] },
  );
  projects('an expression computes a field', { _id: 0, sum: { $add: ['$a', '$b.c'] } }, { sum: 3 });
  contract('the positional projection keeps the element the filter matched', async ({ rows }) => {
    await rows.insertOne({ _id: 1, list: [{ x: 1 }, { x: 2 }] });
    expect(await rows.findOne({ 'list.x': 2 }, { projection: { 'list.$': 1 } })).toEqual({
      _id: 1,
      list: [{ x: 2 }],
    });
  });
  contract('inclusion and exclusion do not mix', async ({ rows }) => {
    await rows.insertOne({ a: 1 });
    expect([31253, 31254]).toContain(
      (await errorOf(rows.find({}, { projection: { a: 1, b: 0 } }).toArray())).code,
    );
  });
});
