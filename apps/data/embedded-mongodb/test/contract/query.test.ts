import { Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf, idsOf, type Row } from './harness.ts';

contractServer();

const TIME = new Date('2026-01-02T03:04:05.678Z');
const FIXTURE: Row[] = [
  { _id: 1, n: 1, s: 'apple', tags: ['red', 'fruit'], at: TIME },
  { _id: 2, n: 5, s: 'Banana', tags: ['yellow', 'fruit'], sub: { x: 1, y: 2 } },
  { _id: 3, n: 10, s: 'cherry', tags: [], sub: { x: 2 }, z: null },
  {
    _id: 4,
    n: 2.5,
    s: 'date',
    list: [
      { k: 1, v: 1 },
      { k: 2, v: 9 },
    ],
  },
  { _id: 5, n: Long.fromString('9007199254740993'), s: 'elder\nberry', list: [{ k: 2, v: 1 }], flags: 6 },
  { _id: 6, n: '7', nested: [[1, 2], [3]], flags: 1 },
];

/** One condition over the shared documents. */
const finds = (sentence: string, filter: object, ids: number[]): void =>
  contract(sentence, async ({ rows }) => {
    await rows.insertMany(FIXTURE);
    expect(await idsOf(rows, filter)).toEqual(ids);
  });
const refuses = (sentence: string, filter: object, code: number): void =>
  contract(sentence, async ({ rows }) => {
    await rows.insertMany(FIXTURE);
    expect((await errorOf(rows.find(filter).toArray())).code).toBe(code);
  });

describe('comparing', () => {
  finds('equality finds by value', { n: 5 }, [2]);
  finds('an integer is found as a double', { n: new Double(10) }, [3]);
  finds('an int64 beyond 2^53 is found exactly', { n: Long.fromString('9007199254740993') }, [5]);
  finds(
    'an int64 beyond 2^53 is not confused with its neighbour',
    { n: Long.fromString('9007199254740992') },
    [],
  );
  finds('a decimal equals the double of the same value', { n: Decimal128.fromString('2.5') }, [4]);
  finds('$eq and plain equality are the same', { n: { $eq: 5 } }, [2]);
  finds('$ne also finds documents without the field', { sub: { $ne: { x: 2 } } }, [1, 2, 4, 5, 6]);
  finds('$gt finds larger numbers of any type', { n: { $gt: 5 } }, [3, 5]);
  finds('$gte includes the bound', { n: { $gte: 5 } }, [2, 3, 5]);
  finds('$lt finds smaller numbers', { n: { $lt: 5 } }, [1, 4]);
  finds('$lte includes the bound as a double', { n: { $lte: new Double(5) } }, [1, 2, 4]);
  finds('comparisons stay within one type', { n: { $gt: '0' } }, [6]);
  finds('strings compare by bytes, capitals first', { s: { $lt: 'a' } }, [2]);
  finds('dates compare by time', { at: { $gte: new Date('2026-01-01') } }, [1]);
  finds('$in finds any of several values', { n: { $in: [1, 10, '7'] } }, [1, 3, 6]);
  finds('$in with an empty list finds nothing', { n: { $in: [] } }, []);
  finds('$in takes regular expressions', { s: { $in: [/^a/, 'date'] } }, [1, 4]);
  finds('$nin finds everything else', { n: { $nin: [1, 5, 10] } }, [4, 5, 6]);
  finds('null finds null and missing', { z: null }, [1, 2, 3, 4, 5, 6]);
  finds('$ne null finds what has a value', { sub: { $ne: null } }, [2, 3]);
  finds(
    'everything lies between MinKey and MaxKey',
    { n: { $gt: new MinKey(), $lt: new MaxKey() } },
    [1, 2, 3, 4, 5, 6],
  );
});

describe('combining', () => {
  finds('several fields all have to match', { n: { $gt: 0 }, tags: 'fruit' }, [1, 2]);
  finds('two operators on one field both have to hold', { n: { $gt: 1, $lt: 10 } }, [2, 4]);
  finds('$and needs all', { $and: [{ n: { $gt: 1 } }, { n: { $lt: 6 } }] }, [2, 4]);
  finds('$or needs one', { $or: [{ n: 1 }, { s: 'date' }] }, [1, 4]);
  finds('$nor needs none', { $nor: [{ n: { $lt: 100 } }, { s: /^elder/ }] }, [6]);
  finds('$not turns a condition round and includes missing fields', { n: { $not: { $gt: 1 } } }, [1, 6]);
  finds('$not takes a regular expression', { s: { $not: /e/ } }, [2, 6]);
});

describe('elements', () => {
  finds('$exists true finds fields even when null', { z: { $exists: true } }, [3]);
  finds('$exists false finds documents without the field', { sub: { $exists: false } }, [1, 4, 5, 6]);
  finds('$type by name', { n: { $type: 'string' } }, [6]);
  finds('$type by number', { n: { $type: 18 } }, [5]);
  finds('$type number covers all four', { n: { $type: 'number' } }, [1, 2, 3, 4, 5]);
  finds('$type looks into arrays', { tags: { $type: 'string' } }, [1, 2]);
  finds('$type array finds arrays themselves', { tags: { $type: 'array' } }, [1, 2, 3]);
});

describe('paths and arrays', () => {
  finds('a dotted path reaches into documents', { 'sub.x': 2 }, [3]);
  finds('a dotted path reaches into documents in arrays', { 'list.k': 1 }, [4]);
  finds('a number in a path is a position', { 'list.0.k': 2 }, [5]);
  finds('a value finds arrays that hold it', { tags: 'red' }, [1]);
  finds('an array finds only the same array', { tags: ['red', 'fruit'] }, [1]);
  finds('an array in another order is another array', { tags: ['fruit', 'red'] }, []);
  finds('an empty array finds empty arrays', { tags: [] }, [3]);
  finds('a whole document has to be equal, field order included', { sub: { y: 2, x: 1 } }, []);
  finds('an array inside an array is found as an element', { nested: [3] }, [6]);
  finds('two conditions on an array may be met by different elements', { 'list.k': 1, 'list.v': 9 }, [4]);
  finds('$elemMatch wants one element to meet all conditions', { list: { $elemMatch: { k: 2, v: 1 } } }, [5]);
  finds('$elemMatch works on plain values', { tags: { $elemMatch: { $gt: 'r', $lt: 's' } } }, [1]);
  finds('$all needs every value', { tags: { $all: ['fruit', 'yellow'] } }, [2]);
  finds(
    '$all takes $elemMatch',
    { list: { $all: [{ $elemMatch: { k: 1 } }, { $elemMatch: { v: 9 } }] } },
    [4],
  );
  finds('$size counts elements', { tags: { $size: 2 } }, [1, 2]);
  finds('$size zero finds empty arrays only', { tags: { $size: 0 } }, [3]);
});

describe('evaluating', () => {
  finds('a regular expression finds strings', { s: /rr/ }, [3, 5]);
  finds('the option i ignores case', { s: /^banana$/i }, [2]);
  finds('the option m lets anchors match at lines', { s: /^berry/m }, [5]);
  finds('$regex takes a string and $options', { s: { $regex: '^B', $options: 'i' } }, [2]);
  finds('a regular expression looks into arrays', { tags: /^ye/ }, [2]);
  finds('$mod finds by remainder', { n: { $mod: [5, 0] } }, [2, 3]);
  finds('$expr compares fields with each other', { $expr: { $gt: ['$n', '$_id'] } }, [2, 3, 5, 6]);
  finds('$bitsAllSet needs all bits', { flags: { $bitsAllSet: 6 } }, [5]);
  finds('$bitsAnySet needs one bit', { flags: { $bitsAnySet: [0, 5] } }, [6]);
  finds('$bitsAllClear needs none of the bits', { flags: { $bitsAllClear: 1 } }, [5]);
});

describe('refusing', () => {
  refuses('an unknown operator is BadValue', { n: { $bogus: 1 } }, 2);
  refuses('an unknown top-level operator is BadValue', { $bogus: [] }, 2);
  refuses('$in without an array is BadValue', { n: { $in: 5 } }, 2);
  refuses('an empty $or is BadValue', { $or: [] }, 2);
  refuses('$mod by zero is BadValue', { n: { $mod: [0, 1] } }, 2);
});

describe('types survive', () => {
  const survives = (sentence: string, value: unknown): void =>
    contract(sentence, async ({ rows }) => {
      await rows.insertOne({ _id: 1, value });
      await rows.updateOne({ _id: 1 }, { $set: { touched: true } });
      const found = await rows.findOne({ _id: 1 }, { promoteValues: false, promoteLongs: false });
      expect(found?.value).toEqual(value);
    });
  survives('an int32 stays an int32 through an update', new Int32(5));
  survives('a whole double stays a double through an update', new Double(5));
  survives('an int64 stays an int64 through an update', Long.fromNumber(5));
  survives('a decimal keeps its digits', Decimal128.fromString('1.10'));
  survives('an ObjectId stays itself', new ObjectId('0123456789abcdef01234567'));
  survives('MinKey stays itself', new MinKey());
});
