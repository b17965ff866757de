import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startTestMongo } from '@lucid/testing';
import { type Collection, MongoClient } from 'mongodb';
import type { Bench, Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { inRounds, perSecond } from '../measure/rounds.ts';
import { ratiosOf } from '../measure/statistics.ts';

const CLIENTS = 16;

interface Job {
  _id: string;
  status: 'recorded' | 'processing';
  due_ms: number;
  text: string;
}

export const mongodb: Benchmark = {
  name: 'mongodb',
  summary: `embedded MongoDB over the wire with the official driver (${CLIENTS} at once), beside raw node:sqlite`,
  async run(bench) {
    const count = bench.quick ? 500 : 4000;
    const mongo = await startTestMongo();
    const stop = bench.belongings.add(() => mongo.close());
    const client = new MongoClient(mongo.uri('bench'), { maxPoolSize: CLIENTS });
    try {
      if (process.env.MONGODB_TEST_URI)
        bench.note('the server is the one MONGODB_TEST_URI names, not the embedded one');
      bench.note(
        `${count} documents of 400 bytes a round; the journal is synced once for what comes in together`,
      );
      const jobs = client.db().collection<Job>('jobs');
      await jobs.createIndex({ due_ms: 1 });
      const sqlite = rawSqlite(bench);
      const ids: string[] = [];
      const sqliteIds: string[] = [];
      const measured = await inRounds(bench.quick ? 2 : 5, {
        insert: () => spread(count, async () => void ids.push((await jobs.insertOne(job())).insertedId)),
        journaled: () =>
          spread(count, () => jobs.insertOne(job(), { writeConcern: { w: 'majority', journal: true } })),
        find: () => spread(count, (at) => jobs.findOne({ _id: ids[at] ?? '' })),
        claim: () => spread(count, () => claim(jobs)),
        sqliteInsert: () => {
          for (let at = 0; at < count; at++) sqliteIds.push(sqlite.insert());
        },
        sqliteFind: () => {
          for (let at = 0; at < count; at++) sqlite.find(sqliteIds[at] ?? '');
        },
      });
      sqlite.close();
      const rate = (name: string, of: keyof typeof measured, kind: 'result' | 'yardstick' = 'result') =>
        figure({ name, unit: 'ops/s', kind, values: perSecond(count, measured[of]) });
      const wall = (of: keyof typeof measured) => measured[of].map(({ wallSeconds }) => wallSeconds);
      return [
        rate('insertOne', 'insert'),
        rate('insertOne, majority and journal', 'journaled'),
        rate('findOne by _id', 'find'),
        rate('findOneAndUpdate, claiming the oldest', 'claim'),
        rate('raw SQLite insert, WAL, one thread', 'sqliteInsert', 'yardstick'),
        rate('raw SQLite read by key, one thread', 'sqliteFind', 'yardstick'),
        figure({
          name: 'time of insertOne / raw SQLite',
          unit: '×',
          kind: 'ratio',
          values: ratiosOf(wall('insert'), wall('sqliteInsert')),
        }),
        figure({
          name: 'time of findOne / raw SQLite',
          unit: '×',
          kind: 'ratio',
          values: ratiosOf(wall('find'), wall('sqliteFind')),
        }),
      ];
    } finally {
      await client.close();
      await stop();
    }
  },
};

let due = 0;
const job = (): Job => ({ _id: randomUUID(), status: 'recorded', due_ms: ++due, text: 'x'.repeat(300) });

/** As a processor claims a chunk: the oldest that is due, which moves to the end of the queue. */
const claim = (jobs: Collection<Job>) =>
  jobs.findOneAndUpdate(
    { due_ms: { $lte: due } },
    { $set: { status: 'processing', due_ms: due + 1_000_000 } },
    { sort: { due_ms: 1 }, returnDocument: 'after' },
  );

/** `count` calls, `CLIENTS` of them at any time. */
async function spread(count: number, call: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < count; at = next++) await call(at);
  };
  await Promise.all(Array.from({ length: CLIENTS }, worker));
}

/** The same document as JSON in a table with a key and an index, in this very process: as little as it can cost. */
function rawSqlite(bench: Bench) {
  const database = new DatabaseSync(join(bench.folder('sqlite'), 'raw.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA locking_mode = EXCLUSIVE');
  database.exec('CREATE TABLE jobs (id TEXT PRIMARY KEY, due INTEGER, body TEXT) WITHOUT ROWID');
  database.exec('CREATE INDEX jobs_due ON jobs (due)');
  const insert = database.prepare('INSERT INTO jobs VALUES (?, ?, ?)');
  const find = database.prepare('SELECT body FROM jobs WHERE id = ?');
  return {
    insert: (): string => {
      const document = job();
      insert.run(document._id, document.due_ms, JSON.stringify(document));
      return document._id;
    },
    find: (id: string): Job => JSON.parse(String((find.get(id) as { body: string }).body)) as Job,
    close: () => database.close(),
  };
}
