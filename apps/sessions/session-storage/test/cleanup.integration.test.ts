import { randomBytes, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, startTestMongo, type TestMongo } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunkFileName } from '../src/domain/chunk-place.ts';
import { chunkPath, RunningStorage, sha256 } from './support/storage.ts';

let mongo: TestMongo;
let storage: RunningStorage;
const session = randomUUID();
const all = [1, 2, 3].map(() => randomBytes(1000));
const nameOf = (index: number) =>
  chunkFileName({
    session_id: session,
    sequence_number: index + 1,
    chunk_hash: sha256(all[index] ?? Buffer.alloc(0)),
  });

beforeAll(async () => {
  mongo = await startTestMongo();
  storage = await RunningStorage.start(mongo.uri(`cleanup_${process.pid}`), {
    CLEANUP_AGE_HOURS: '0',
    QUARANTINE_DAYS: '0',
  });
  for (const [index, bytes] of all.entries()) await storage.put(session, index + 1, bytes);
});
afterAll(async () => {
  await storage?.stop();
  await mongo?.close();
});

/** Waits for the sweep that is made at the start. */
const cleanup = (body: object = {}, at = storage) =>
  eventually('nobody else cleans up', async () => {
    const answer = await at.call('POST', '/api/v1/cleanup', { payload: body });
    expect([200, 409]).toContain(answer.statusCode);
    return answer.statusCode === 200 && answer.json();
  });
const everyFile = async () => {
  const entries = await readdir(storage.data.path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
};

describe('a cleanup', () => {
  it('first says what it would do, then takes away what crashes left, and nothing that has a record', async () => {
    const active = join(storage.data.path, 'active');
    const archived = join(storage.data.path, 'archive', session);
    await mkdir(join(storage.data.path, 'incoming', 'gone-7'), { recursive: true });
    await writeFile(join(storage.data.path, 'incoming', 'gone-7', 'half'), 'half');
    await writeFile(join(active, session, '000009-0123456789abcdef.bin'), 'nobody knows me');
    await mkdir(join(active, randomUUID()));
    await mkdir(archived, { recursive: true });
    await copyFile(join(active, session, nameOf(0)), join(archived, nameOf(0)));
    const left = await everyFile();

    const found = {
      temporary: { files: 1, bytes: 4 },
      unknown: { files: 1, bytes: 15 },
      duplicates: { files: 1, bytes: 1000 },
      deleted: { files: 0, bytes: 0 },
    };
    expect(await cleanup({ dry_run: true })).toMatchObject({ dry_run: true, ...found });
    expect(await everyFile()).toBe(left);
    expect(await cleanup()).toMatchObject({ dry_run: false, ...found });
    expect(await everyFile()).toBe(4); // three chunks, and the unknown file, set aside
    expect(await readdir(join(storage.data.path, 'quarantine'))).toHaveLength(1);
    expect(await cleanup()).toMatchObject({ expired: { files: 1, bytes: 15 }, unknown: { files: 0 } });
    expect(await everyFile()).toBe(3);
    expect(await readdir(active)).toEqual([session]);
    for (const [index, bytes] of all.entries())
      expect((await storage.call('GET', chunkPath(session, index + 1))).rawPayload).toEqual(bytes);
  });

  it('leaves young files alone: somebody may be writing them', async () => {
    const careful = await RunningStorage.start(mongo.uri(`careful_${process.pid}`));
    try {
      const folder = join(careful.data.path, 'active', randomUUID());
      await mkdir(folder);
      await writeFile(join(folder, '000001-0123456789abcdef.bin'), 'just renamed, not yet recorded');
      const report = await cleanup({}, careful);
      expect(report.unknown.files).toBe(0);
      expect(await readdir(folder)).toHaveLength(1);
    } finally {
      await careful.stop();
    }
  });
});

describe('the removal of one chunk', () => {
  const remove = (id: string, sequence: number, reason?: string) =>
    storage.call('DELETE', `${chunkPath(id, sequence)}${reason ? `?reason=${reason}` : ''}`);

  it('wants a reason, happens once, frees the space, and is final', async () => {
    const id = randomUUID();
    const bytes = randomBytes(500);
    for (const sequence of [1, 2]) await storage.put(id, sequence, bytes);
    const before = await storage.deps.capacity.read();
    expect((await remove(id, 1)).statusCode).toBe(400);
    expect((await remove(id, 1, 'because')).statusCode).toBe(400);
    expect((await remove(id, 9, 'retention')).statusCode).toBe(404);
    for (const _again of [1, 2]) expect((await remove(id, 1, 'unanchored')).statusCode).toBe(204);
    expect((await storage.deps.capacity.read()).bytes).toBe(before.bytes - 500);
    expect((await storage.call('GET', chunkPath(id, 1))).statusCode).toBe(404);
    expect((await storage.call('GET', chunkPath(id, 2))).rawPayload).toEqual(bytes);
    const late = await storage.put(id, 1, bytes);
    expect([late.statusCode, late.json().error.code]).toEqual([410, 'LUCID_ERR_7210']);
    expect((await storage.call('GET', `/api/v1/sessions/${id}/chunks`)).json().total).toBe(1);
  });

  it('of a session with a manifest is a matter of its time alone', async () => {
    const id = randomUUID();
    await storage.put(id, 1);
    const payload = {
      manifest: { any: 1 },
      manifest_hash: 'a'.repeat(64),
      signature: 'b'.repeat(128),
      public_key: 'c'.repeat(64),
    };
    await storage.call('PUT', `/api/v1/sessions/${id}/manifest`, { payload });
    const refused = await remove(id, 1, 'unanchored');
    expect([refused.statusCode, refused.json().error.code]).toEqual([409, 'LUCID_ERR_7213']);
    expect((await remove(id, 1, 'retention')).statusCode).toBe(204);
  });
});

describe('a store of 1 GiB', () => {
  it('warns, then refuses what would pass the critical mark, and says so', async () => {
    const small = await RunningStorage.start(mongo.uri(`marks_${process.pid}`), { MAX_STORAGE_SIZE_GB: '1' });
    const status = async () => (await small.app.inject({ url: '/api/v1/storage/status' })).json();
    const set = (share: number) =>
      small.deps.capacity.set({ chunks: 1, bytes: share * 2 ** 30, archivedChunks: 0, archivedBytes: 0 });
    try {
      expect(await status()).toMatchObject({ level: 'ok', status: 'ready', capacity_bytes: 2 ** 30 });
      set(0.92);
      expect(await status()).toMatchObject({ level: 'warning', status: 'ready' });
      expect((await small.put(randomUUID(), 1)).statusCode).toBe(201);
      set(0.9499);
      const refused = await small.put(randomUUID(), 1, randomBytes(200_000));
      expect([refused.statusCode, refused.json().error.code]).toEqual([507, 'LUCID_ERR_7205']);
      expect((await small.put(randomUUID(), 1)).statusCode).toBe(201);
      set(0.95);
      expect(await status()).toMatchObject({ level: 'critical', status: 'full' });
      const text = (await small.app.inject({ url: '/metrics' })).body;
      expect(text).toMatch(/storage_critical_bytes \d+/);
    } finally {
      await small.stop();
    }
  });
});
