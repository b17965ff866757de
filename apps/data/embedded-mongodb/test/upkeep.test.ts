import { describe, expect, it } from 'vitest';
import { connected, embedded } from './support/embedded.ts';
import { FakeClock } from './support/fake-clock.ts';

const HOUR_MS = 3_600_000;

/** Lets time go on in small steps, so that upkeep gets its turns, and asks again after each. */
const passing =
  <T>(clock: FakeClock, ask: () => Promise<T>): (() => Promise<T>) =>
  () => {
    clock.advance(5000);
    return ask();
  };

describe('TTL indexes', () => {
  it('remove documents when their time has come, and no others', async () => {
    const clock = new FakeClock();
    const client = await connected((await embedded({ clock, ttlIntervalMs: 60_000 })).uri);
    const rows = client.db('x').collection<{ _id: number; at?: unknown }>('ttl');
    await rows.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
    const now = clock.nowMs();
    await rows.insertMany([
      { _id: 1, at: new Date(now) },
      { _id: 2, at: new Date(now + HOUR_MS) },
      { _id: 3, at: 'no date' },
      { _id: 4 },
      { _id: 5, at: [new Date(now + 9 * HOUR_MS), new Date(now)] },
      { _id: 6, at: now },
    ]);
    const ids = async () => (await rows.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
    clock.advance(HOUR_MS - 1);
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6]);
    clock.advance(60_001);
    await expect.poll(passing(clock, ids)).toEqual([2, 3, 4, 6]);
    clock.advance(HOUR_MS);
    await expect.poll(passing(clock, ids)).toEqual([3, 4, 6]);
  });

  it('work downwards and through an index of their own name', async () => {
    const clock = new FakeClock();
    const client = await connected((await embedded({ clock })).uri);
    const rows = client.db('x').collection('ttl');
    await rows.createIndex({ at: -1 }, { expireAfterSeconds: 0, name: 'mine' });
    await rows.insertMany([
      { at: new Date(clock.nowMs() + 5000) },
      { at: new Date(clock.nowMs() + HOUR_MS) },
    ]);
    clock.advance(60_001);
    await expect.poll(passing(clock, () => rows.countDocuments())).toBe(1);
  });

  it('take a new time from collMod', async () => {
    const clock = new FakeClock();
    const client = await connected((await embedded({ clock })).uri);
    const db = client.db('x');
    const rows = db.collection('ttl');
    await rows.createIndex({ at: 1 }, { expireAfterSeconds: 100_000 });
    await rows.insertOne({ at: new Date(clock.nowMs()) });
    await db.command({ collMod: 'ttl', index: { keyPattern: { at: 1 }, expireAfterSeconds: 10 } });
    clock.advance(60_001);
    await expect.poll(passing(clock, () => rows.countDocuments())).toBe(0);
  });
});

describe('idle cursors', () => {
  it('are closed after their time, used ones are not', async () => {
    const clock = new FakeClock();
    const client = await connected((await embedded({ clock, cursorTimeoutMs: 90_000 })).uri);
    const rows = client.db('x').collection<{ _id: number }>('many');
    await rows.insertMany(Array.from({ length: 50 }, (_, _id) => ({ _id })));
    const [idle, used] = [rows.find({}, { batchSize: 2 }), rows.find({}, { batchSize: 2 })];
    for (const cursor of [idle, used]) await cursor.next();
    for (let round = 0; round < 2; round++) {
      clock.advance(60_001);
      for (let i = 0; i < 3; i++) await used.next();
    }
    const openCursors = async () =>
      (await client.db('admin').command({ serverStatus: 1 })).metrics.cursor.open.total;
    await expect.poll(passing(clock, openCursors)).toBe(1);
    await expect(idle.toArray()).rejects.toMatchObject({ code: 43 });
    expect((await used.toArray()).length).toBeGreaterThan(0);
  });
});
