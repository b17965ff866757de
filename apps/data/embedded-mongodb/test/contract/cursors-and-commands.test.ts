import { Long, MongoClient } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, errorOf, type Row } from './harness.ts';

contractServer();

const numbered = (n: number): Row[] => Array.from({ length: n }, (_, _id) => ({ _id }));

describe('cursors', () => {
  contract('a cursor gives everything over many batches', async ({ rows }) => {
    await rows.insertMany(numbered(1000));
    const found = await rows.find({}, { batchSize: 7, sort: { _id: 1 } }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual(numbered(1000).map(({ _id }) => _id));
  });
  contract('a first batch holds no more than batchSize and the id of the rest', async ({ rows, db }) => {
    await rows.insertMany(numbered(10));
    const { cursor } = await db.command({ find: rows.collectionName, batchSize: 3 });
    expect(cursor.firstBatch.length).toBe(3);
    expect(Long.isLong(cursor.id) ? cursor.id.isZero() : Number(cursor.id) === 0).toBe(false);
    await db.command({ killCursors: rows.collectionName, cursors: [Long.fromValue(cursor.id)] });
  });
  contract('an exhausted cursor has the id zero', async ({ rows, db }) => {
    await rows.insertMany(numbered(3));
    const { cursor } = await db.command({ find: rows.collectionName });
    expect(Number(cursor.id)).toBe(0);
  });
  contract('a killed cursor cannot be read on', async ({ rows, db }) => {
    await rows.insertMany(numbered(10));
    const { cursor } = await db.command({ find: rows.collectionName, batchSize: 2 }, { promoteLongs: false });
    const { cursorsKilled } = await db.command({ killCursors: rows.collectionName, cursors: [cursor.id] });
    expect(cursorsKilled.length).toBe(1);
    const next = db.command({ getMore: cursor.id, collection: rows.collectionName });
    expect((await errorOf(next)).code).toBe(43);
  });
  contract('an unknown cursor is code 43', async ({ rows, db }) => {
    await rows.insertOne({});
    expect(
      (await errorOf(db.command({ getMore: Long.fromNumber(12345), collection: rows.collectionName }))).code,
    ).toBe(43);
  });
  contract('limit and skip cut the result', async ({ rows }) => {
    await rows.insertMany(numbered(20));
    const found = await rows.find().sort({ _id: 1 }).skip(5).limit(3).toArray();
    expect(found.map(({ _id }) => _id)).toEqual([5, 6, 7]);
  });
  contract('a skip beyond the end gives nothing', async ({ rows }) => {
    await rows.insertMany(numbered(3));
    expect(await rows.find().skip(10).toArray()).toEqual([]);
  });
  contract('large documents are spread over replies', async ({ rows }) => {
    const pad = 'x'.repeat(3_000_000);
    for (let _id = 0; _id < 8; _id++) await rows.insertOne({ _id, pad });
    expect((await rows.find({}, { batchSize: 1000 }).toArray()).length).toBe(8);
  });
  contract('an aggregation has batches too', async ({ rows }) => {
    await rows.insertMany(numbered(300));
    expect((await rows.aggregate([{ $match: {} }], { batchSize: 10 }).toArray()).length).toBe(300);
  });
  contract('a collection that does not exist is empty', async ({ rows }) => {
    expect(await rows.find().toArray()).toEqual([]);
    expect(await rows.countDocuments()).toBe(0);
  });
});

describe('counting', () => {
  contract('countDocuments counts what matches', async ({ rows }) => {
    await rows.insertMany(numbered(10));
    expect(await rows.countDocuments({ _id: { $gte: 4 } })).toBe(6);
  });
  contract('countDocuments takes skip and limit', async ({ rows }) => {
    await rows.insertMany(numbered(10));
    expect(await rows.countDocuments({}, { skip: 2, limit: 5 })).toBe(5);
  });
  contract('estimatedDocumentCount counts all', async ({ rows }) => {
    await rows.insertMany(numbered(12));
    expect(await rows.estimatedDocumentCount()).toBe(12);
  });
  contract('distinct gives each value once', async ({ rows }) => {
    await rows.insertMany([{ a: 1 }, { a: 2 }, { a: 1 }, {}]);
    expect((await rows.distinct('a')).sort()).toEqual([1, 2]);
  });
  contract('distinct takes arrays apart', async ({ rows }) => {
    await rows.insertMany([{ t: ['a', 'b'] }, { t: 'b' }, { t: ['c'] }]);
    expect((await rows.distinct('t')).sort()).toEqual(['a', 'b', 'c']);
  });
  contract('distinct takes a filter and a dotted path', async ({ rows }) => {
    await rows.insertMany([
      { k: 1, s: { x: 1 } },
      { k: 1, s: { x: 2 } },
      { k: 2, s: { x: 3 } },
    ]);
    expect((await rows.distinct('s.x', { k: 1 })).sort()).toEqual([1, 2]);
  });
});

describe('collections and databases', () => {
  contract('a collection appears with its first document', async ({ rows, db }) => {
    await rows.insertOne({});
    const found = await db.listCollections({ name: rows.collectionName }).toArray();
    expect(found.map(({ name }) => name)).toEqual([rows.collectionName]);
  });
  contract('createCollection makes an empty collection', async ({ db, freshName }) => {
    const name = freshName();
    await db.createCollection(name);
    expect((await db.listCollections({ name }, { nameOnly: true }).toArray()).length).toBe(1);
  });
  contract('dropping a collection drops its documents and indexes', async ({ rows }) => {
    await rows.createIndex({ a: 1 }, { unique: true });
    await rows.insertOne({ a: 1 });
    await rows.drop();
    await rows.insertMany([{ a: 1 }, { a: 1 }]);
    expect((await rows.indexes()).length).toBe(1);
  });
  contract('a collection can be renamed', async ({ rows, db, freshName }) => {
    const to = freshName();
    await rows.createIndex({ a: 1 });
    await rows.insertOne({ _id: 1, a: 1 });
    await rows.rename(to);
    expect(await db.collection<Row>(to).findOne({ a: 1 })).toEqual({ _id: 1, a: 1 });
    expect(await rows.countDocuments()).toBe(0);
  });
  contract('a rename onto an existing collection is refused', async ({ rows, db, freshName }) => {
    const to = freshName();
    await rows.insertOne({});
    await db.collection(to).insertOne({});
    expect((await errorOf(rows.rename(to))).code).toBe(48);
  });
  contract('listIndexes of a collection that does not exist is code 26', async ({ rows }) => {
    expect((await errorOf(rows.listIndexes().toArray())).code).toBe(26);
  });
  contract('a collection name may not hold a dollar', async ({ db }) => {
    expect((await errorOf(db.collection('a$b').insertOne({}))).code).toBe(73);
  });
  contract('listDatabases shows a database with documents', async ({ rows, db, client }) => {
    await rows.insertOne({});
    const { databases } = await client.db('admin').admin().listDatabases();
    expect(databases.map(({ name }) => name)).toContain(db.databaseName);
  });
  contract('dropDatabase takes everything with it', async ({ client, db, freshName }) => {
    const other = client.db(`${db.databaseName}_x`);
    await other.collection(freshName()).insertOne({});
    await other.dropDatabase();
    expect(await other.listCollections().toArray()).toEqual([]);
  });
  contract('a validator refuses documents with code 121', async ({ db, freshName }) => {
    const rows = await db.createCollection<Row>(freshName(), {
      validator: {
        $jsonSchema: { bsonType: 'object', required: ['name'], properties: { name: { bsonType: 'string' } } },
      },
    });
    await rows.insertOne({ name: 'ok' });
    expect((await errorOf(rows.insertOne({ name: 5 }))).code).toBe(121);
  });
});

describe('commands about the server', () => {
  contract('ping is answered', async ({ db }) => {
    expect(await db.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
  contract('an unknown command is code 59', async ({ db }) => {
    expect((await errorOf(db.command({ bogusCommand: 1 }))).code).toBe(59);
  });
  contract('hello tells the limits and that writes are taken', async ({ db }) => {
    const hello = await db.command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, maxBsonObjectSize: 16 * 1024 * 1024, ok: 1 });
    expect(hello.maxWireVersion).toBeGreaterThanOrEqual(8);
  });
  contract('buildInfo tells a version', async ({ db }) => {
    expect((await db.admin().command({ buildInfo: 1 })).version).toMatch(/^\d+\.\d+/);
  });
  contract('serverStatus is answered', async ({ db }) => {
    expect((await db.admin().serverStatus()).ok).toBe(1);
  });
  contract('connectionStatus names the user', async ({ db }) => {
    const { authInfo } = await db.admin().command({ connectionStatus: 1 });
    expect(authInfo.authenticatedUsers.length).toBe(1);
  });
  contract('dbStats counts collections and documents', async ({ rows, db }) => {
    await rows.insertMany(numbered(5));
    expect(Number((await db.stats()).objects)).toBeGreaterThanOrEqual(5);
  });
  contract('an unknown field of find is refused', async ({ rows, db }) => {
    expect((await errorOf(db.command({ find: rows.collectionName, bogus: 1 }))).code).toBe(40415);
  });
  contract('a filter of the wrong type is code 14', async ({ rows, db }) => {
    expect((await errorOf(db.command({ find: rows.collectionName, filter: 5 }))).code).toBe(14);
  });
});

describe('sessions', () => {
  contract('commands run in a session', async ({ rows, client }) => {
    await client.withSession(async (session) => {
      await rows.insertOne({ _id: 1 }, { session });
      expect(await rows.findOne({ _id: 1 }, { session })).toEqual({ _id: 1 });
    });
  });
  contract('writes with majority and journal are acknowledged', async ({ rows }) => {
    const result = await rows.insertOne({ _id: 1 }, { writeConcern: { w: 'majority', journal: true } });
    expect(result.acknowledged).toBe(true);
  });
  contract('a majority read sees an acknowledged write', async ({ rows }) => {
    await rows.insertOne({ _id: 1 }, { writeConcern: { w: 'majority' } });
    expect((await rows.find({}, { readConcern: 'majority' }).toArray()).length).toBe(1);
  });
  contract('unacknowledged writes arrive in the end', async ({ rows, db, otherClient }) => {
    // On connections of its own: a server that answers such a write spoils the connection for what comes next.
    const own = (await otherClient()).db(db.databaseName).collection<Row>(rows.collectionName);
    await own.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    await expect.poll(() => rows.countDocuments()).toBe(1);
  });
  contract(
    'an insert retried under the same number is applied once and answered the same',
    async ({ rows, db, otherClient }) => {
      const other = await otherClient();
      const own = other.db(db.databaseName);
      await other.withSession(async (session) => {
        const insert = {
          insert: rows.collectionName,
          documents: [{ n: 1 }],
          txnNumber: Long.fromNumber(100),
        };
        const first = await own.command(insert, { session });
        const second = await own.command(insert, { session });
        expect([first.n, second.n]).toEqual([1, 1]);
      });
      expect(await rows.countDocuments()).toBe(1);
    },
  );
  contract(
    'a findAndModify retried under the same number is applied once and answered the same',
    async ({ rows, db, otherClient }) => {
      await rows.insertOne({ _id: 1, n: 0 });
      const other = await otherClient();
      const own = other.db(db.databaseName);
      await other.withSession(async (session) => {
        const increase = {
          findAndModify: rows.collectionName,
          query: { _id: 1 },
          update: { $inc: { n: 1 } },
          new: true,
          txnNumber: Long.fromNumber(101),
        };
        const answers = [await own.command(increase, { session }), await own.command(increase, { session })];
        expect(answers.map(({ value }) => value.n)).toEqual([1, 1]);
      });
      expect((await rows.findOne({ _id: 1 }))?.n).toBe(1);
    },
  );
  contract('a transaction is refused and writes nothing', async ({ rows, db, otherClient }) => {
    await rows.insertOne({ _id: 0 });
    const other = await otherClient();
    const own = other.db(db.databaseName).collection<Row>(rows.collectionName);
    await other.withSession(async (session) => {
      session.startTransaction();
      await expect(own.insertOne({ _id: 1 }, { session })).rejects.toThrow();
      await session.abortTransaction().catch(() => 'there is nothing to abort');
    });
    expect(await rows.countDocuments()).toBe(1);
  });
  contract('a direct connection works like any other', async ({ client, db, rows }) => {
    const { options } = client;
    const [host] = options.hosts;
    const { username = '', password = '' } = options.credentials ?? {};
    const login = username ? `${encodeURIComponent(username)}:${encodeURIComponent(password)}@` : '';
    const uri = `mongodb://${login}${host?.toString()}/?authSource=admin&directConnection=true`;
    const direct = await new MongoClient(uri).connect();
    await direct.db(db.databaseName).collection<Row>(rows.collectionName).insertOne({ _id: 1 });
    await direct.close();
    expect(await rows.countDocuments()).toBe(1);
  });
});
