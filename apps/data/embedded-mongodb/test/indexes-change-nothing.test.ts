/** The same documents and filters with and without indexes: an index may make an answer faster, never another. */
import { Double, Long } from 'bson';
import fc from 'fast-check';
import type { Document } from 'mongodb';
import { expect, it } from 'vitest';
import { connected, embedded } from './support/embedded.ts';

const scalar = fc.constantFrom<unknown>(
  0,
  1,
  2,
  new Double(1.5),
  Long.fromNumber(2),
  'a',
  'ab',
  'b',
  null,
  true,
);
const field = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
);
// Two arrays side by side cannot be indexed together.
const embeddedDoc = fc.record({ x: field, y: scalar }, { requiredKeys: [] });
const documents = fc.array(
  fc.record(
    { a: field, b: scalar, s: fc.oneof(embeddedDoc, fc.array(embeddedDoc, { maxLength: 2 })) },
    { requiredKeys: [] },
  ),
  { minLength: 5, maxLength: 25 },
);
const condition: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), scalar)
    .map(([op, value]) => ({ [op]: value })),
  fc.tuple(scalar, scalar).map(([$gte, $lt]) => ({ $gte, $lt })),
  fc.constantFrom({ $exists: true }, { $exists: false }, /^a/),
);
const paths = fc.constantFrom('a', 'b', 's.x', 's.y');
const simple = fc.dictionary(paths, condition, { minKeys: 1, maxKeys: 3 });
const filters = fc.oneof(
  { weight: 3, arbitrary: simple },
  { weight: 1, arbitrary: fc.array(simple, { minLength: 1, maxLength: 2 }).map(($or) => ({ $or })) },
);
const sorts = fc.constantFrom<Document>({}, { a: 1 }, { b: -1, a: 1 }, { 's.x': 1 });

const INDEXES = [
  { key: { a: 1, b: -1 } },
  { key: { b: 1 } },
  { key: { 's.x': 1, 's.y': -1 } },
  { key: { 's.y': 1 }, sparse: true },
  { key: { a: -1 }, name: 'partial', partialFilterExpression: { b: { $gte: 1 } } },
] as const;

it('queries find the same with indexes as without', async () => {
  const client = await connected((await embedded()).uri);
  const db = client.db('compare');
  let round = 0;
  const property = fc.asyncProperty(
    documents,
    fc.array(fc.tuple(filters, sorts), { minLength: 4, maxLength: 8 }),
    async (docs, queries) => {
      round += 1;
      const rows: Document[] = docs.map((doc, _id) => ({ ...doc, _id }));
      const plain = db.collection<Document>(`plain_${round}`);
      const indexed = db.collection<Document>(`indexed_${round}`);
      await Promise.all([plain.insertMany(rows), indexed.createIndexes([...INDEXES] as never)]);
      await indexed.insertMany(rows);
      for (const [filter, sort] of queries) {
        const ordered = { ...sort, _id: 1 } as Document;
        const ids = async (from: typeof plain) =>
          (await from.find(filter).sort(ordered).toArray()).map(({ _id }) => _id);
        const counted = await indexed.countDocuments(filter);
        const expected = await ids(plain);
        expect(await ids(indexed), JSON.stringify(filter)).toEqual(expected);
        expect(counted).toBe(expected.length);
      }
    },
  );
  await fc.assert(property, { numRuns: 60 });
}, 60_000);
