import { Decimal128, Long } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf, type Row } from './harness.ts';

contractServer();

const ORDERS: Row[] = [
  { _id: 1, who: 'ann', price: 10, qty: 2, items: ['a', 'b'], at: new Date('2026-01-15T10:00:00Z') },
  { _id: 2, who: 'bob', price: 20, qty: 1, items: ['b'], at: new Date('2026-02-15T10:00:00Z') },
  { _id: 3, who: 'ann', price: 5, qty: 10, items: [], at: new Date('2026-02-20T10:00:00Z') },
  { _id: 4, who: 'cid', price: 2.5, qty: 4, sub: { x: 1 } },
];

const gives = (sentence: string, pipeline: object[], expected: unknown[]): void =>
  contract(sentence, async ({ rows }) => {
    await rows.insertMany(ORDERS);
    expect(await rows.aggregate(pipeline as never).toArray()).toEqual(expected);
  });
describe('stages', () => {
  gives(
    '$match keeps what matches',
    [{ $match: { who: 'bob' } }, { $project: { qty: 1 } }],
    [{ _id: 2, qty: 1 }],
  );
  gives(
    '$sort, $skip and $limit work one after the other',
    [{ $sort: { price: -1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { _id: 1 } }],
    [{ _id: 1 }, { _id: 3 }],
  );
  gives(
    '$project computes and renames',
    [
      { $match: { _id: 1 } },
      { $project: { _id: 0, name: '$who', total: { $multiply: ['$price', '$qty'] } } },
    ],
    [{ name: 'ann', total: 20 }],
  );
  gives(
    '$addFields keeps the rest',
    [{ $match: { _id: 4 } }, { $addFields: { 'sub.y': 2 } }],
    [{ _id: 4, who: 'cid', price: 2.5, qty: 4, sub: { x: 1, y: 2 } }],
  );
  gives(
    '$unset drops fields',
    [{ $match: { _id: 4 } }, { $unset: ['sub', 'qty'] }],
    [{ _id: 4, who: 'cid', price: 2.5 }],
  );
  gives(
    '$group sums and counts by key',
    [{ $group: { _id: '$who', n: { $sum: 1 }, qty: { $sum: '$qty' } } }, { $sort: { _id: 1 } }],
    [
      { _id: 'ann', n: 2, qty: 12 },
      { _id: 'bob', n: 1, qty: 1 },
      { _id: 'cid', n: 1, qty: 4 },
    ],
  );
  gives(
    '$group by null takes everything together',
    [{ $group: { _id: null, avg: { $avg: '$price' }, min: { $min: '$price' }, max: { $max: '$price' } } }],
    [{ _id: null, avg: 9.375, min: 2.5, max: 20 }],
  );
  gives(
    '$group by a document groups by all its fields',
    [
      { $group: { _id: { who: '$who', big: { $gt: ['$qty', 3] } } } },
      { $sort: { '_id.who': 1, '_id.big': 1 } },
    ],
    [
      { _id: { who: 'ann', big: false } },
      { _id: { who: 'ann', big: true } },
      { _id: { who: 'bob', big: false } },
      { _id: { who: 'cid', big: true } },
    ],
  );
  gives(
    '$group takes first and last in order',
    [
      { $sort: { _id: 1 } },
      { $group: { _id: '$who', first: { $first: '$_id' }, last: { $last: '$_id' } } },
      { $match: { _id: 'ann' } },
    ],
    [{ _id: 'ann', first: 1, last: 3 }],
  );
  gives(
    '$push gathers values',
    [{ $sort: { _id: 1 } }, { $group: { _id: null, all: { $push: '$qty' } } }],
    [{ _id: null, all: [2, 1, 10, 4] }],
  );
  gives(
    '$addToSet gathers distinct values',
    [{ $group: { _id: null, all: { $addToSet: '$who' } } }, { $project: { _id: 0, n: { $size: '$all' } } }],
    [{ n: 3 }],
  );
  gives(
    'a missing group key is null',
    [{ $group: { _id: '$sub.x', n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
    [
      { _id: null, n: 3 },
      { _id: 1, n: 1 },
    ],
  );
  gives(
    '$unwind gives one document per element',
    [{ $unwind: '$items' }, { $sort: { _id: 1, items: 1 } }, { $project: { items: 1 } }],
    [
      { _id: 1, items: 'a' },
      { _id: 1, items: 'b' },
      { _id: 2, items: 'b' },
    ],
  );
  gives(
    '$unwind can keep empty and missing arrays and count',
    [
      { $unwind: { path: '$items', preserveNullAndEmptyArrays: true, includeArrayIndex: 'at' } },
      { $match: { _id: { $gte: 3 } } },
      { $sort: { _id: 1 } },
      { $project: { at: 1 } },
    ],
    [
      { _id: 3, at: null },
      { _id: 4, at: null },
    ],
  );
  gives('$count counts', [{ $match: { price: { $gte: 5 } } }, { $count: 'n' }], [{ n: 3 }]);
  gives('$count of nothing gives nothing', [{ $match: { price: 999 } }, { $count: 'n' }], []);
  gives(
    '$sortByCount sorts groups by size',
    [{ $sortByCount: '$who' }, { $limit: 1 }],
    [{ _id: 'ann', count: 2 }],
  );
  gives(
    '$replaceRoot lifts a document',
    [{ $match: { _id: 4 } }, { $replaceRoot: { newRoot: '$sub' } }],
    [{ x: 1 }],
  );
  gives(
    '$facet answers several questions at once',
    [{ $facet: { dear: [{ $match: { price: { $gte: 10 } } }, { $count: 'n' }], all: [{ $count: 'n' }] } }],
    [{ dear: [{ n: 2 }], all: [{ n: 4 }] }],
  );
  gives(
    '$bucket sorts into ranges',
    [{ $bucket: { groupBy: '$price', boundaries: [0, 5, 15], default: 'more' } }],
    [
      { _id: 0, count: 1 },
      { _id: 5, count: 2 },
      { _id: 'more', count: 1 },
    ],
  );
  gives('an empty pipeline gives everything', [{ $match: {} }, { $count: 'n' }], [{ n: 4 }]);
  contract('$sample takes some', async ({ rows }) => {
    await rows.insertMany(ORDERS);
    expect((await rows.aggregate([{ $sample: { size: 2 } }]).toArray()).length).toBe(2);
  });
});

describe('joins and outputs', () => {
  contract('$lookup joins by equality', async ({ rows, db, freshName }) => {
    const people = db.collection<Row>(freshName());
    await rows.insertMany(ORDERS);
    await people.insertMany([
      { _id: 'ann', age: 30 },
      { _id: 'bob', age: 40 },
    ]);
    const found = await rows
      .aggregate([
        { $lookup: { from: people.collectionName, localField: 'who', foreignField: '_id', as: 'person' } },
        { $sort: { _id: 1 } },
        { $project: { person: 1 } },
      ])
      .toArray();
    expect(found[0]).toEqual({ _id: 1, person: [{ _id: 'ann', age: 30 }] });
    expect(found[3]).toEqual({ _id: 4, person: [] });
  });
  contract('$lookup runs a pipeline with variables', async ({ rows, db, freshName }) => {
    const limits = db.collection<Row>(freshName());
    await rows.insertMany(ORDERS);
    await limits.insertMany([
      { _id: 1, over: 8 },
      { _id: 2, over: 15 },
    ]);
    const found = await rows
      .aggregate([
        {
          $lookup: {
            from: limits.collectionName,
            let: { p: '$price' },
            pipeline: [{ $match: { $expr: { $lt: ['$over', '$$p'] } } }, { $project: { _id: 1 } }],
            as: 'hit',
          },
        },
        { $sort: { _id: 1 } },
        { $project: { n: { $size: '$hit' } } },
      ])
      .toArray();
    expect(found).toEqual([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
      { _id: 3, n: 0 },
      { _id: 4, n: 0 },
    ]);
  });
  contract('$unionWith adds another collection', async ({ rows, db, freshName }) => {
    const more = db.collection<Row>(freshName());
    await rows.insertOne({ _id: 1 });
    await more.insertOne({ _id: 2 });
    const found = await rows
      .aggregate([{ $unionWith: more.collectionName }, { $sort: { _id: 1 } }])
      .toArray();
    expect(found).toEqual([{ _id: 1 }, { _id: 2 }]);
  });
  contract('$graphLookup follows a chain', async ({ rows }) => {
    await rows.insertMany([{ _id: 1, next: 2 }, { _id: 2, next: 3 }, { _id: 3 }]);
    const [found] = await rows
      .aggregate([
        { $match: { _id: 1 } },
        {
          $graphLookup: {
            from: rows.collectionName,
            startWith: '$next',
            connectFromField: 'next',
            connectToField: '_id',
            as: 'chain',
          },
        },
      ])
      .toArray();
    expect(found?.chain.map(({ _id }: Row) => _id).sort()).toEqual([2, 3]);
  });
  contract('$merge writes into another collection', async ({ rows, db, freshName }) => {
    const target = db.collection<Row>(freshName());
    await rows.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    await target.insertOne({ _id: 1, kept: true });
    await rows.aggregate([{ $merge: { into: target.collectionName } }]).toArray();
    expect(await target.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, kept: true, a: 1 },
      { _id: 2, a: 2 },
    ]);
  });
  contract('$out replaces another collection', async ({ rows, db, freshName }) => {
    const target = db.collection<Row>(freshName());
    await target.insertOne({ _id: 9 });
    await rows.insertOne({ _id: 1, a: 1 });
    await rows.aggregate([{ $out: target.collectionName }]).toArray();
    expect(await target.find().toArray()).toEqual([{ _id: 1, a: 1 }]);
  });
  contract('sums of int64 stay int64', async ({ rows }) => {
    await rows.insertMany([{ n: Long.fromString('9007199254740993') }, { n: 1 }]);
    const [found] = await rows
      .aggregate([{ $group: { _id: null, n: { $sum: '$n' } } }], { useBigInt64: true })
      .toArray();
    expect(found?.n).toBe(9007199254740994n);
  });
  contract('sums of decimals stay exact', async ({ rows }) => {
    await rows.insertMany([{ n: Decimal128.fromString('0.1') }, { n: Decimal128.fromString('0.2') }]);
    const [found] = await rows.aggregate([{ $group: { _id: null, n: { $sum: '$n' } } }]).toArray();
    expect(String(found?.n)).toBe('0.3');
  });
});

describe('refusals', () => {
  const refuses = (sentence: string, pipeline: object[], code: number): void =>
    contract(sentence, async ({ rows }) => {
      await rows.insertMany(ORDERS);
      expect((await errorOf(rows.aggregate(pipeline as never).toArray())).code).toBe(code);
    });
  refuses('an unknown stage is refused', [{ $bogus: 1 }], 40324);
  refuses('a stage with two names is refused', [{ $match: {}, $limit: 1 }], 40323);
  refuses('an unknown accumulator is refused', [{ $group: { _id: 1, x: { $bogus: 1 } } }], 15952);
  refuses('$group without _id is refused', [{ $group: { x: { $sum: 1 } } }], 15955);
  refuses('$limit zero is refused', [{ $limit: 0 }], 15958);
  refuses('an unknown variable is refused', [{ $project: { x: '$$nope' } }], 17276);
});
