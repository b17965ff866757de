import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isoTime, systemClock } from '@lucid/clock';
import { openCollection } from '@lucid/mongo';
import { eventually, startTestMongo, type TestMongo } from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveSession } from '../src/adapters/move-session.ts';
import { storeChunk } from '../src/adapters/store-chunk.ts';
import { SweepLease, sweepsDefinition } from '../src/adapters/sweep-lease.ts';
import { Sweeper } from '../src/adapters/sweeper.ts';
import { otherVolume } from './support/other-volume.ts';
import { chunkPath, METADATA, RunningStorage, sha256 } from './support/storage.ts';

const DAY_MS = 86_400_000;

let mongo: TestMongo;
beforeAll(async () => {
  mongo = await startTestMongo();
});
afterAll(() => mongo?.close());

const kinds: [string, string | undefined][] = [
  ['on the same volume', undefined],
  ['on another volume', otherVolume],
];

describe.each(kinds)('an archive %s', (what, volume) => {
  const isSkipped = what === 'on another volume' && volume === undefined; // /dev/shm is not a volume of its own here
  const archive = mkdtempSync(join(volume ?? tmpdir(), 'lucid-archive-'));
  let storage: RunningStorage;
  const session = randomUUID();
  const all = [1, 2, 3].map(() => randomBytes(50_000));
  const post = (action: string, id = session) => storage.call('POST', `/api/v1/sessions/${id}/${action}`);
  const filesIn = (place: 'active' | 'archive', id = session) =>
    readdir(join(storage.deps.files.places[place], id)).catch(() => []);
  const expectReadable = async () => {
    for (const [index, bytes] of all.entries())
      expect((await storage.call('GET', chunkPath(session, index + 1))).rawPayload).toEqual(bytes);
  };

  beforeAll(async () => {
    if (isSkipped) return;
    storage = await RunningStorage.start(mongo.uri(`archive_${process.pid}_${volume ? 'other' : 'same'}`), {
      ARCHIVE_DIR: archive,
    });
    for (const [index, bytes] of all.entries()) await storage.put(session, index + 1, bytes);
  });
  afterAll(async () => {
    if (!isSkipped) await storage.stop();
    rmSync(archive, { recursive: true, force: true });
  });

  it.skipIf(isSkipped)('takes back what a crash had moved without writing it down', async () => {
    const [name] = await filesIn('active');
    if (name === undefined) throw new Error('nothing is stored');
    const { places } = storage.deps.files;
    await mkdir(join(places.archive, session), { recursive: true });
    await copyFile(join(places.active, session, name), join(places.archive, session, name));
    await rm(join(places.active, session, name));
    await expectReadable();
    expect((await post('restore')).json()).toMatchObject({ done: true, chunks_moved: 1, failed: [] });
    expect([await filesIn('archive'), (await filesIn('active')).length]).toEqual([[], 3]);
    await expectReadable();
  });

  it.skipIf(isSkipped)('takes the files of a session, which are read as before, in part too', async () => {
    expect((await post('archive')).json()).toEqual({
      session_id: session,
      location: 'archive',
      done: true,
      chunks_total: 3,
      chunks_moved: 3,
      bytes_moved: 150_000,
      failed: [],
    });
    expect(await filesIn('active')).toEqual([]);
    expect(await filesIn('archive')).toHaveLength(3);
    await expectReadable();
    const part = await storage.call('GET', chunkPath(session, 2), { headers: { range: 'bytes=5-9' } });
    expect([part.statusCode, part.rawPayload]).toEqual([206, all[1]?.subarray(5, 10)]);
    const list = (await storage.call('GET', `/api/v1/sessions/${session}/chunks`)).json();
    expect(list.chunks.map((chunk: { location: string }) => chunk.location)).toEqual(
      Array.from({ length: 3 }, () => 'archive'),
    );
    expect((await storage.app.inject({ url: '/api/v1/storage/status' })).json()).toMatchObject({
      chunks_total: 3,
      archived_chunks: 3,
      archived_bytes: 150_000,
      level: 'ok',
    });
  });

  it.skipIf(isSkipped)('is idempotent, and so is the way back', async () => {
    expect((await post('archive')).json()).toMatchObject({ done: true, chunks_moved: 0 });
    expect((await storage.put(session, 2, all[1])).statusCode).toBe(200);
    expect((await post('restore')).json()).toMatchObject({ location: 'active', done: true, chunks_moved: 3 });
    expect((await post('restore')).json()).toMatchObject({ done: true, chunks_moved: 0 });
    expect(await filesIn('archive')).toEqual([]);
    await expectReadable();
  });

  it.skipIf(isSkipped)('finds flipped bytes there too, and is mended by a repeat', async () => {
    await post('archive');
    const path = storage.deps.files.pathOf(
      { session_id: session, sequence_number: 2, chunk_hash: sha256(all[1] ?? Buffer.alloc(0)) },
      'archive',
    );
    const file = await open(path, 'r+');
    await file.write(Buffer.from([(all[1]?.[9] ?? 0) ^ 1]), 0, 1, 9);
    await file.close();
    const report = (await storage.call('GET', `/api/v1/sessions/${session}/integrity`)).json();
    expect(report.chunks.map((chunk: { intact: boolean }) => chunk.intact)).toEqual([true, false, true]);
    await rm(path);
    expect((await storage.call('GET', chunkPath(session, 2))).statusCode).toBe(410);
    expect((await post('restore')).json()).toMatchObject({
      chunks_moved: 2,
      failed: [{ sequence_number: 2, reason: 'missing' }],
    });
    expect((await storage.put(session, 2, all[1])).statusCode).toBe(200);
    await expectReadable();
  });

  it.skipIf(isSkipped)('loses the files when the session is deleted, and keeps the manifest', async () => {
    const signed = {
      manifest: { any: 1 },
      manifest_hash: 'a'.repeat(64),
      signature: 'b'.repeat(128),
      public_key: 'c'.repeat(64),
    };
    const manifest = `/api/v1/sessions/${session}/manifest`;
    await storage.call('PUT', manifest, { payload: signed });
    await post('archive');
    expect((await storage.call('DELETE', `/api/v1/sessions/${session}`)).statusCode).toBe(204);
    expect(await filesIn('archive')).toEqual([]);
    expect((await storage.call('GET', manifest)).json()).toEqual(signed);
    expect((await post('archive')).statusCode).toBe(404);
    expect(await storage.deps.capacity.read()).toMatchObject({
      chunks: 0,
      archivedChunks: 0,
      archivedBytes: 0,
    });
  });

  it.skipIf(isSkipped)('is 404 for a session of which nothing is stored', async () => {
    const answer = await post('archive', randomUUID());
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'LUCID_ERR_7214']);
  });
});

describe('copying to another volume', () => {
  it('moves nothing whose bytes are not what they were, and leaves no half copy', async () => {
    const storage = await RunningStorage.start(mongo.uri(`copy_${process.pid}`));
    try {
      const { ChunkFiles } = await import('../src/adapters/chunk-files.ts');
      const bytes = randomBytes(3 * 2 ** 20 + 7);
      const session = randomUUID();
      expect((await storage.put(session, 1, bytes)).statusCode).toBe(201);
      const key = { session_id: session, sequence_number: 1, chunk_hash: sha256(bytes) };
      const files = new ChunkFiles({
        folder: storage.data.path,
        instanceId: 'copying',
        random: storage.context.random,
        moveFile: async () => {
          throw Object.assign(new Error('another volume'), { code: 'EXDEV' });
        },
      });
      await files.open();
      const whole = await files.move(key, bytes.length, 'archive');
      expect(whole.kind).toBe('moved');
      expect([await files.hashOf(key), existsSync(files.pathOf(key, 'active'))]).toEqual([
        key.chunk_hash,
        true,
      ]);
      await whole.finish?.();
      expect(existsSync(files.pathOf(key, 'active'))).toBe(false);
      expect(await files.hashOf(key)).toBe(key.chunk_hash);
      const file = await open(files.pathOf(key, 'archive'), 'r+');
      await file.write(Buffer.from([(bytes[100] ?? 0) ^ 1]), 0, 1, 100);
      await file.close();
      expect((await files.move(key, bytes.length, 'active')).kind).toBe('damaged');
      expect(existsSync(files.pathOf(key, 'archive'))).toBe(true);
      expect(await readdir(join(storage.data.path, 'incoming', 'copying'))).toEqual([]);
    } finally {
      await storage.stop();
    }
  });
});

describe('the sweep', () => {
  it('archives after a week, and leaves what was restored for another week', async () => {
    const storage = await RunningStorage.start(mongo.uri(`sweep_${process.pid}`));
    const { deps, settings, context } = storage;
    let passedMs = 0;
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + passedMs };
    const client = await MongoClient.connect(mongo.uri(`sweep_${process.pid}`));
    const lease = new SweepLease(await openCollection(client.db(), sweepsDefinition), 'tester');
    const sweeper = new Sweeper(deps, lease, settings, { ...context, clock });
    const put = (session_id: string) => {
      const bytes = randomBytes(100);
      const key = { session_id, sequence_number: 1, chunk_hash: sha256(bytes) };
      const chunk = { key, metadata: METADATA, bytes: Readable.from([bytes]), sizeBytes: 100 };
      return storeChunk(deps, chunk, isoTime(clock));
    };
    const locationOf = async (id: string) => (await deps.chunks.find(id, 1))?.location;
    const sweepAfter = async (days: number) => {
      passedMs += days * DAY_MS;
      await eventually('a sweep is made here', () => sweeper.sweepIfDue(new AbortController().signal));
    };
    const [old, young] = [randomUUID(), randomUUID()];
    try {
      await put(old);
      await sweepAfter(6);
      expect(await locationOf(old)).toBe('active');
      await put(young);
      await sweepAfter(1.1);
      expect(await locationOf(old)).toBe('archive');
      expect(await locationOf(young)).toBe('active');
      const { signal } = new AbortController();
      await moveSession(deps, { sessionId: old, to: 'active', clock, signal });
      await sweepAfter(5);
      expect(await locationOf(old)).toBe('active');
      await sweepAfter(2.1);
      expect([await locationOf(old), await locationOf(young)]).toEqual(['archive', 'archive']);
    } finally {
      await client.close();
      await storage.stop();
    }
  }, 60_000);

  it('is made by one of many instances, once per period, and by another when that one dies', async () => {
    const client = await MongoClient.connect(mongo.uri(`lease_${process.pid}`));
    try {
      const collection = await openCollection(client.db(), sweepsDefinition);
      const leases = ['a', 'b', 'c', 'd'].map((name) => new SweepLease(collection, name));
      const taken = async (nowMs: number, when: 'due' | 'now' = 'due') => {
        const all = await Promise.all(leases.map((lease) => lease.take(nowMs, when)));
        expect(all.filter(Boolean).length).toBeLessThanOrEqual(1);
        return leases[all.indexOf(true)];
      };
      const first = await taken(1000);
      expect(first).toBeDefined();
      expect(await taken(2000)).toBeUndefined();
      expect(await first?.renew(50_000)).toBe(true);
      expect(await taken(100_000, 'now')).toBeUndefined();
      const second = await taken(110_001); // the first has not renewed for a minute
      expect(second).toBeDefined();
      if (second !== first) expect(await first?.renew(110_002)).toBe(false);
      await second?.release(500_000);
      expect(await taken(400_000)).toBeUndefined();
      const byHand = await taken(400_000, 'now');
      expect(byHand).toBeDefined();
      await byHand?.release();
      expect(await taken(499_999)).toBeUndefined();
      expect(await taken(500_000)).toBeDefined();
    } finally {
      await client.close();
    }
  });
});
