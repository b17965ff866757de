import { randomUUID } from 'node:crypto';
import { decodeChunk } from '@lucid/chunk-codec';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import {
  eventually,
  type SpawnedService,
  startTestMongo,
  TestIdentities,
  type TestMongo,
} from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from './support/bytes.ts';
import { startDns, type TinyDns } from './support/dns.ts';
import { fileKey, TinyRecorder, TinyStorage } from './support/neighbours.ts';
import { prepareIdentities, spawnProcessor } from './support/service.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
const identities = new TestIdentities();
let mongo: TestMongo;
let recorder: TinyRecorder;
let storage: TinyStorage;
let dns: TinyDns;
let processor: SpawnedService;

const database = (name = 'processor') => mongo.uri(`${name}_${process.pid}`);
const portOf = (address: string) => address.split(':')[1];
const neighbours = () => ({
  DNS_SERVERS: dns.address,
  SESSION_RECORDER_URL: `http://lucid-session-recorder:${portOf(recorder.address)}`,
  SESSION_STORAGE_URL: `http://lucid-session-storage:${portOf(storage.address)}`,
});
const spawn = (environment: Record<string, string> = {}, mongoUri = database()) =>
  spawnProcessor({
    identities,
    mongoUri,
    environment: { CHUNK_LEASE_SECONDS: '3', CHUNK_PROCESSING_WORKERS: '2', ...neighbours(), ...environment },
  });

beforeAll(async () => {
  prepareIdentities(identities);
  mongo = await startTestMongo();
  dns = await startDns();
  recorder = await TinyRecorder.start(identities);
  storage = await TinyStorage.start(identities);
  processor = await spawn();
});

afterAll(async () => {
  await processor?.kill();
  await Promise.all([recorder?.close(), storage?.close()]);
  await mongo?.close();
  await dns?.close();
  identities[Symbol.dispose]();
});

beforeEach(() => {
  recorder.beforePlaintext = async () => undefined;
  recorder.refuseRenewals = false;
  recorder.failures.length = 0;
  storage.isDown = false;
  storage.beforePut = async () => undefined;
});

async function call(method: string, path: string, body?: unknown, address = processor.address) {
  const headers = await identities.headers('lucid-session-pipeline', 'lucid-chunk-processor');
  return fetch(`http://${address}/api/v1${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;
const plaintextOf = (sessionId: string, sequence: number) =>
  call('GET', `/sessions/${sessionId}/chunks/${sequence}/plaintext`);

describe('processing', () => {
  it('brings chunks to storage, encrypted, and gives them back decrypted', async () => {
    const session = randomUUID();
    const inputs = [1, 2, 3, 4].map((seed) => sessionLikeBytes(seed === 4 ? 777 : 2 * MIB, seed));
    const chunks = inputs.map((bytes, index) => recorder.add(bytes, session, index + 1));
    await eventually('all are complete', () =>
      chunks.every(({ chunk_id }) => recorder.completed.has(chunk_id)),
    );
    for (const [index, chunk] of chunks.entries()) {
      const file = storage.files.get(fileKey(chunk));
      expect(recorder.completed.get(chunk.chunk_id)).toBe(file && sha256(file.bytes));
      expect(file?.bytes.includes(inputs[index]?.subarray(0, 64) ?? '')).toBe(false);
      const answer = await plaintextOf(session, index + 1);
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(inputs[index]);
    }
    expect(await (await call('GET', '/processing/status')).json()).toMatchObject({
      status: 'ready',
      workers: 2,
      failed_total: 0,
    });
    expect((await plaintextOf(session, 5)).status).toBe(404);
  });

  it('uses what an earlier attempt stored, when it is the same plaintext', async () => {
    const bytes = sessionLikeBytes(100_000, 9);
    const chunk = recorder.add(bytes);
    await eventually('it is complete', () => recorder.completed.has(chunk.chunk_id));
    const hash = recorder.completed.get(chunk.chunk_id);
    recorder.completed.delete(chunk.chunk_id);
    recorder.add(bytes, chunk.session_id);
    await eventually('it is complete again', () => recorder.completed.has(chunk.chunk_id));
    expect(recorder.completed.get(chunk.chunk_id)).toBe(hash);
    recorder.add(sessionLikeBytes(100_000, 10), chunk.session_id);
    const failure = await eventually('other bytes are refused', () => recorder.failures[0]);
    expect(failure).toMatchObject({
      retryable: false,
      fault: 'data',
      reason: expect.stringContaining('7156'),
    });
  });

  it('reports plaintext that is not what was recorded', async () => {
    recorder.add(Buffer.from('changed on the way'), randomUUID(), 1, sha256(Buffer.from('something else')));
    const failure = await eventually('it is given back', () => recorder.failures[0]);
    expect(failure).toMatchObject({
      retryable: true,
      fault: 'data',
      reason: expect.stringContaining('7155'),
    });
  });

  it('survives an outage of storage without blaming a single chunk', async () => {
    storage.isDown = true;
    const chunks = [1, 2, 3].map((sequence) => recorder.add(sessionLikeBytes(50_000, sequence)));
    await eventually('chunks are given back', () => recorder.failures.length >= 2);
    storage.isDown = false;
    await eventually(
      'all are complete in the end',
      () => chunks.every(({ chunk_id }) => recorder.completed.has(chunk_id)),
      { timeoutMs: 60_000 },
    );
    expect(new Set(recorder.failures.map(({ fault }) => fault))).toEqual(new Set(['system']));
  }, 70_000);

  it('keeps its lease while it works, and drops the work when it loses it', async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    recorder.beforePlaintext = () => release;
    const before = recorder.renewals;
    const kept = recorder.add(sessionLikeBytes(1000, 1));
    await eventually('the lease is renewed', () => recorder.renewals > before + 1);
    resolve();
    await eventually('it is complete', () => recorder.completed.has(kept.chunk_id));

    const { promise: never } = Promise.withResolvers<void>();
    recorder.beforePlaintext = () => never;
    recorder.refuseRenewals = true;
    const lost = recorder.add(sessionLikeBytes(1000, 2));
    await eventually('it is taken', () => recorder.waiting === 0);
    await eventually('the worker is free again', async () => {
      const status = (await (await call('GET', '/processing/status')).json()) as { busy_workers: number };
      return status.busy_workers === 0 && recorder.waiting === 0;
    });
    expect(recorder.completed.has(lost.chunk_id)).toBe(false);
    expect(recorder.failures).toEqual([]);
  });
});

describe('keys', () => {
  it('are minted once, wrapped at rest, and gone everywhere once destroyed', async () => {
    const session = randomUUID();
    const first = await call('POST', '/keys', { session_id: session });
    expect(first.status).toBe(201);
    const key = (await first.json()) as { key_id: string };
    const second = await call('POST', '/keys', { session_id: session });
    expect(second.status).toBe(200);
    expect(await second.json()).toEqual(key);

    const bytes = sessionLikeBytes(10_000, 3);
    const chunk = recorder.add(bytes, session);
    await eventually('it is complete', () => recorder.completed.has(chunk.chunk_id));
    const file = storage.files.get(fileKey(chunk));
    expect(file?.stored.encryption.key_id).toBe(key.key_id);
    const wrongKey = { file: file?.bytes ?? Buffer.alloc(0), dek: Buffer.alloc(32), compression: 'zstd' };
    expect(() => decodeChunk({ ...wrongKey, sessionId: session, sequenceNumber: 1 })).toThrow();

    const client = await new MongoClient(database()).connect();
    const records = client.db().collection<{ _id: string; wrapped_key: string }>('encryption_keys');
    expect((await records.findOne({ _id: session }))?.wrapped_key).toMatch(/^lucid-key:v1:/);
    expect((await call('DELETE', `/keys/${session}`)).status).toBe(204);
    expect((await call('DELETE', `/keys/${session}`)).status).toBe(204);
    expect((await records.findOne({ _id: session }))?.wrapped_key).toBe('destroyed');
    await client.close();

    const gone = await plaintextOf(session, 1);
    expect([gone.status, await codeOf(gone)]).toEqual([410, 'LUCID_ERR_7151']);
    expect((await call('POST', '/keys', { session_id: session })).status).toBe(410);
    const late = recorder.add(bytes, session, 2);
    const failure = await eventually('nothing is encrypted any more', () => recorder.failures[0]);
    expect(failure).toMatchObject({ chunkId: late.chunk_id, retryable: false });
  });

  it('destroyed before they were minted stay destroyed', async () => {
    const session = randomUUID();
    expect((await plaintextOf(session, 1)).status).toBe(404);
    expect((await call('DELETE', `/keys/${session}`)).status).toBe(204);
    expect((await call('POST', '/keys', { session_id: session })).status).toBe(410);
  });

  it('refuse a deployment with another or no key-encryption key', async () => {
    await call('POST', '/keys', { session_id: randomUUID() });
    const other = await spawn({ ENCRYPTION_KEY: 'f'.repeat(64) }).catch((error: Error) => error);
    expect(String(other)).toMatch(/code 1.*another ENCRYPTION_KEY/s);
    const missing = await spawn({ ENCRYPTION_KEY: '' }).catch((error: Error) => error);
    expect(String(missing)).toMatch(/code 78.*ENCRYPTION_KEY is required/s);
    const short = await spawn({ ENCRYPTION_KEY: 'abc123' }).catch((error: Error) => error);
    expect(String(short)).not.toContain('abc123');
  }, 90_000);
});

describe('reading', () => {
  it('names damage and gives out no byte of it', async () => {
    const bytes = sessionLikeBytes(200_000, 5);
    const chunk = recorder.add(bytes);
    await eventually('it is complete', () => recorder.completed.has(chunk.chunk_id));
    const file = storage.files.get(fileKey(chunk));
    if (!file) throw new Error('not stored');
    const flipped = Buffer.from(file.bytes);
    flipped[1000] = (flipped[1000] ?? 0) ^ 1;
    storage.files.set(fileKey(chunk), { ...file, bytes: flipped });
    const damaged = await plaintextOf(chunk.session_id, 1);
    expect([damaged.status, await codeOf(damaged)]).toEqual([422, 'LUCID_ERR_7154']);
    const forged = { ...file.stored, chunk_hash: sha256(flipped) };
    storage.files.set(fileKey(chunk), { stored: forged, bytes: flipped });
    expect(await codeOf(await plaintextOf(chunk.session_id, 1))).toBe('LUCID_ERR_7154');
    storage.files.set(fileKey(chunk), file);
    expect((await plaintextOf(chunk.session_id, 1)).status).toBe(200);
    expect(
      (await fetch(`http://${processor.address}/api/v1/keys/${chunk.session_id}`, { method: 'DELETE' }))
        .status,
    ).toBe(401);
  });
});

describe('stopping', () => {
  it('finishes what is in flight and gives back what takes too long', async () => {
    await processor.stop();
    const slow = await spawn({ SHUTDOWN_DEADLINE_MS: '3000' });
    const finishing = Promise.withResolvers<void>();
    let puts = 0;
    storage.beforePut = () => (puts++ === 0 ? finishing.promise : new Promise<void>(() => undefined));
    const chunks = [1, 2].map((sequence) => recorder.add(sessionLikeBytes(1000, sequence)));
    await eventually('both are at storage', () => puts === 2);
    const code = slow.stop();
    recorder.add(sessionLikeBytes(1000, 3));
    finishing.resolve();
    expect(await code).toBe(0);
    expect(chunks.filter(({ chunk_id }) => recorder.completed.has(chunk_id))).toHaveLength(1);
    expect(recorder.failures).toMatchObject([{ fault: 'system', retryable: true }]);
    expect(recorder.waiting).toBe(2);
  }, 30_000);
});
