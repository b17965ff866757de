import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestMongo, type TestMongo } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunkPath, putHeaders, RunningStorage, sha256 } from './support/storage.ts';

let mongo: TestMongo;
let storage: RunningStorage;

beforeAll(async () => {
  mongo = await startTestMongo();
  storage = await RunningStorage.start(mongo.uri(`storage_${process.pid}`));
});
afterAll(async () => {
  await storage?.stop();
  await mongo?.close();
});

const keyOf = (session_id: string, sequence_number: number, bytes: Buffer) => ({
  session_id,
  sequence_number,
  chunk_hash: sha256(bytes),
});
const codeOf = (answer: { body: string }): string => JSON.parse(answer.body).error.code;

describe('a stored chunk', () => {
  const session = randomUUID();
  const bytes = randomBytes(1000);

  it('is created once, and its repeat is answered with the same record', async () => {
    const [first, again] = [await storage.put(session, 1, bytes), await storage.put(session, 1, bytes)];
    expect([first.statusCode, again.statusCode]).toEqual([201, 200]);
    expect(again.json()).toEqual(first.json());
  });

  it('is never replaced by other bytes, and says which it has', async () => {
    const other = await storage.put(session, 1, randomBytes(1000));
    expect([other.statusCode, codeOf(other)]).toEqual([409, 'LUCID_ERR_7202']);
    expect(other.json().error.details).toEqual({ sequence_number: 1, stored_hash: sha256(bytes) });
    expect((await storage.call('GET', chunkPath(session, 1))).rawPayload).toEqual(bytes);
  });

  it('is read whole, in part, and measured, with its hash as its tag', async () => {
    const read = (range?: string) =>
      storage.call('GET', chunkPath(session, 1), range ? { headers: { range } } : {});
    const whole = await read();
    expect(whole.rawPayload).toEqual(bytes);
    expect(whole.headers).toMatchObject({
      etag: `"${sha256(bytes)}"`,
      'content-length': '1000',
      'accept-ranges': 'bytes',
    });
    const part = await read('bytes=10-19');
    expect([part.statusCode, part.headers['content-range']]).toEqual([206, 'bytes 10-19/1000']);
    expect(part.rawPayload).toEqual(bytes.subarray(10, 20));
    expect((await read('bytes=-5')).rawPayload).toEqual(bytes.subarray(995));
    const beyond = await read('bytes=1000-');
    expect([beyond.statusCode, codeOf(beyond), beyond.headers['content-range']]).toEqual([
      416,
      'LUCID_ERR_7208',
      'bytes */1000',
    ]);
    const head = await storage.call('HEAD', chunkPath(session, 1));
    expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([200, '1000', '']);
  });
});

describe('two writers of one number', () => {
  it('leave one record and one file, whoever is faster', async () => {
    const session = randomUUID();
    const writers = Array.from({ length: 8 }, () => randomBytes(50_000));
    const answers = await Promise.all(writers.map((bytes) => storage.put(session, 1, bytes)));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(7);
    const winner = writers[statuses.indexOf(201)] ?? Buffer.alloc(0);
    expect(await readdir(join(storage.data.path, 'active', session))).toHaveLength(1);
    expect((await storage.call('GET', chunkPath(session, 1))).rawPayload).toEqual(winner);
  });

  it('who bring the same bytes both succeed and count once', async () => {
    const session = randomUUID();
    const bytes = randomBytes(50_000);
    const before = (await storage.deps.capacity.read()).chunks;
    const answers = await Promise.all([1, 2, 3, 4].map(() => storage.put(session, 1, bytes)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 200, 201]);
    expect((await storage.deps.capacity.read()).chunks).toBe(before + 1);
  });
});

describe('integrity', () => {
  it('names the chunk whose file changed, shrank, or is gone, and each has its own answer', async () => {
    const session = randomUUID();
    const all = [1, 2, 3, 4].map(() => randomBytes(2000));
    for (const [index, bytes] of all.entries()) await storage.put(session, index + 1, bytes);
    const pathOf = (sequence: number) =>
      storage.deps.files.pathOf(keyOf(session, sequence, all[sequence - 1] ?? Buffer.alloc(0)));
    const flipped = await open(pathOf(2), 'r+');
    await flipped.write(Buffer.from([(all[1]?.[700] ?? 0) ^ 1]), 0, 1, 700);
    await flipped.close();
    await writeFile(pathOf(3), 'short');
    await rm(pathOf(4));
    const report = (await storage.call('GET', `/api/v1/sessions/${session}/integrity`)).json();
    expect(report.intact).toBe(false);
    expect(report.chunks.map((chunk: { intact: boolean }) => chunk.intact)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(report.chunks[3]).not.toHaveProperty('actual_hash');
    for (const sequence of [3, 4]) {
      const read = await storage.call('GET', chunkPath(session, sequence));
      expect([read.statusCode, codeOf(read)]).toEqual([410, 'LUCID_ERR_7207']);
    }
    expect((await storage.put(session, 4, all[3])).statusCode).toBe(200); // a repeat mends it
    expect((await storage.call('GET', chunkPath(session, 4))).rawPayload).toEqual(all[3]);
  });
});

describe('a deleted session', () => {
  it('loses its files, keeps its manifest, frees the space, and takes nothing more', async () => {
    const session = randomUUID();
    const signed = {
      manifest: { any: 1 },
      manifest_hash: 'a'.repeat(64),
      signature: 'b'.repeat(128),
      public_key: 'c'.repeat(64),
    };
    await storage.call('PUT', `/api/v1/sessions/${session}/manifest`, { payload: signed });
    const before = await storage.deps.capacity.read();
    for (const sequence of [1, 2]) await storage.put(session, sequence);
    for (const _again of [1, 2]) {
      const answer = await storage.call('DELETE', `/api/v1/sessions/${session}`);
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect(await storage.deps.capacity.read()).toMatchObject({
      chunks: before.chunks,
      bytes: before.bytes,
    });
    expect(existsSync(join(storage.data.path, 'active', session))).toBe(false);
    for (const sequence of [1, 3]) {
      const late = await storage.put(session, sequence);
      expect([late.statusCode, codeOf(late)]).toEqual([410, 'LUCID_ERR_7209']);
    }
    expect(existsSync(join(storage.data.path, 'active', session))).toBe(false);
    expect((await storage.call('GET', chunkPath(session, 1))).statusCode).toBe(404);
    expect((await storage.call('GET', `/api/v1/sessions/${session}/manifest`)).json()).toEqual(signed);
  });

  it('is gone whole even when a chunk comes in meanwhile', async () => {
    for (let round = 0; round < 5; round++) {
      const session = randomUUID();
      await storage.put(session, 1);
      const puts = [2, 3, 4, 5].map((sequence) => storage.put(session, sequence, randomBytes(200_000)));
      const deletion = storage.call('DELETE', `/api/v1/sessions/${session}`);
      await Promise.all([...puts, deletion]);
      await storage.call('DELETE', `/api/v1/sessions/${session}`); // repeated, as a purge that failed is
      const left = await storage.call('GET', `/api/v1/sessions/${session}/chunks`);
      expect(left.json().chunks).toEqual([]);
      expect(existsSync(join(storage.data.path, 'active', session))).toBe(false);
    }
  });
});

describe('a manifest', () => {
  const signed = (any: unknown, hash = 'a') => ({
    manifest: { any },
    manifest_hash: hash.repeat(64),
    signature: 'b'.repeat(128),
    public_key: 'c'.repeat(64),
  });

  it('is stored once and never replaced', async () => {
    const url = `/api/v1/sessions/${randomUUID()}/manifest`;
    const put = (payload: object) => storage.call('PUT', url, { payload });
    const answers = await Promise.all([put(signed(1)), put(signed(1)), put(signed(2, 'd'))]);
    expect(answers.map(({ statusCode }) => statusCode).filter((status) => status === 201)).toHaveLength(1);
    const kept = (await storage.call('GET', url)).json();
    const other = await put(kept.manifest_hash.startsWith('a') ? signed(3, 'e') : signed(1));
    expect([other.statusCode, codeOf(other)]).toEqual([409, 'LUCID_ERR_7212']);
    expect((await storage.call('GET', url)).json()).toEqual(kept);
  });

  it('of the longest session fits into a document and comes back as it was', async () => {
    const chunks = Array.from({ length: 102_400 }, (_none, index) => ({
      index: index + 1,
      chunk_id: `6f9619ff-8b86-4011-b42d-00cf4fc964ff-chunk-${String(index + 1).padStart(6, '0')}`,
      size: 1_048_636,
      plain_size: 1_048_576,
      chunk_hash: sha256(`file ${index}`),
      plain_hash: sha256(`plain ${index}`),
      compression: 'zstd',
    }));
    const url = `/api/v1/sessions/${randomUUID()}/manifest`;
    const stored = await storage.call('PUT', url, { payload: signed(chunks) });
    expect(stored.statusCode).toBe(201);
    const kept = (await storage.call('GET', url)).json();
    expect(sha256(JSON.stringify(kept))).toBe(sha256(JSON.stringify(signed(chunks))));
  }, 60_000);
});

describe('a storage without room', () => {
  it('answers 507 and stores nothing, but still tells what it has', async () => {
    const full = await RunningStorage.start(mongo.uri(`storage_full_${process.pid}`), {
      MIN_FREE_DISK_MB: String(2 ** 40),
    });
    try {
      const session = randomUUID();
      const refused = await full.put(session, 1);
      expect([refused.statusCode, codeOf(refused)]).toEqual([507, 'LUCID_ERR_7205']);
      expect((await full.app.inject({ url: '/api/v1/storage/status' })).json().status).toBe('full');
      expect((await full.call('GET', chunkPath(session, 1))).statusCode).toBe(404);
    } finally {
      await full.stop();
    }
  });
});

describe('over a real connection', () => {
  it('an early refusal of a large chunk arrives, every time', async () => {
    const address = await storage.app.listen({ host: '127.0.0.1', port: 0 });
    const session = randomUUID();
    await storage.put(session, 1);
    for (let round = 0; round < 10; round++) {
      const bytes = randomBytes(8 * 2 ** 20);
      const headers = { ...(await storage.asProcessor()), ...putHeaders(bytes) };
      const answer = await fetch(address + chunkPath(session, 1), { method: 'PUT', headers, body: bytes });
      expect(answer.status).toBe(409);
    }
  }, 30_000);
});
