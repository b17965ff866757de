import { createHash, randomUUID } from 'node:crypto';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import { startTestMongo, type TestMongo } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  API,
  FIRST_KEK,
  PIPELINE,
  PretendedStorage,
  RunningKeys,
  SECOND_KEK,
  withDatabase,
} from './support/keys.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let mongo: TestMongo;
let storage: PretendedStorage;
let keys: RunningKeys;
const uri = (name: string) => mongo.uri(`keys_${name}_${process.pid}`);
const codeOf = (answer: { json: () => unknown }) => (answer.json() as { error: { code: string } }).error.code;

beforeAll(async () => {
  mongo = await startTestMongo();
  storage = await PretendedStorage.start();
  keys = await RunningKeys.start(uri('main'), storage);
});
afterAll(async () => {
  await keys?.close();
  await storage?.service[Symbol.asyncDispose]();
  await mongo?.close();
});

describe('the key of a session', () => {
  it('is minted once; only its public half is ever answered, and only its wrapped half is kept', async () => {
    const { sessionId, key } = await keys.mint();
    expect(key).toMatchObject({
      algorithm: 'HPKE-X25519-SHA256-AES256GCM',
      public_key: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const again = await keys.call(PIPELINE, 'POST', '/keys', { body: { session_id: sessionId } });
    expect([again.statusCode, again.json()]).toEqual([200, key]);
    expect((await keys.mint()).key.public_key).not.toBe(key.public_key);
    await withDatabase(uri('main'), async (kept) => {
      const document = await kept.findOne({ _id: sessionId });
      expect(document).toMatchObject({ key_id: key.key_id, rotation_count: 0 });
      expect(document?.wrapped_key).toMatch(/^lucid-key:v2:/);
    });
  });

  it('is the same for two that ask at once', async () => {
    const sessionId = randomUUID();
    const minted = await Promise.all([1, 2, 3].map(() => keys.mint(sessionId)));
    expect(new Set(minted.map(({ key }) => key.public_key)).size).toBe(1);
  });

  it('is gone everywhere and for ever once destroyed', async () => {
    const { sessionId, key } = await keys.mint();
    storage.put(sessionId, 1, sessionLikeBytes(5000, 1), key);
    expect((await keys.open(sessionId)).statusCode).toBe(200);
    const other = await RunningKeys.start(uri('main'), storage);
    for (const _twice of [1, 2])
      expect((await other.call(PIPELINE, 'DELETE', `/keys/${sessionId}`)).statusCode).toBe(204);
    await other.close();
    const gone = await keys.open(sessionId);
    expect([gone.statusCode, codeOf(gone)]).toEqual([410, 'LUCID_ERR_7151']);
    const minted = await keys.call(PIPELINE, 'POST', '/keys', { body: { session_id: sessionId } });
    expect([minted.statusCode, codeOf(minted)]).toEqual([410, 'LUCID_ERR_7151']);
    await withDatabase(uri('main'), async (kept) => {
      expect((await kept.findOne({ _id: sessionId }))?.wrapped_key).toBe('destroyed');
    });
  });

  it('stays destroyed when it was destroyed before it was minted', async () => {
    const sessionId = randomUUID();
    expect(codeOf(await keys.open(sessionId))).toBe('LUCID_ERR_7150');
    expect((await keys.call(PIPELINE, 'DELETE', `/keys/${sessionId}`)).statusCode).toBe(204);
    const minted = await keys.call(PIPELINE, 'POST', '/keys', { body: { session_id: sessionId } });
    expect(minted.statusCode).toBe(410);
  });
});

describe('a chunk', () => {
  it('is given out as it was recorded, zstd or not', async () => {
    const { sessionId, key } = await keys.mint();
    const plaintexts = [sessionLikeBytes(200_000, 2), Buffer.from('x')];
    for (const [index, plaintext] of plaintexts.entries()) {
      storage.put(sessionId, index + 1, plaintext, key);
      const answer = await keys.open(sessionId, index + 1);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-length': String(plaintext.length),
        'cache-control': 'no-store',
      });
      expect(answer.rawPayload.equals(plaintext)).toBe(true);
    }
    expect(codeOf(await keys.open(sessionId, 9))).toBe('LUCID_ERR_7153');
  });

  it('that was altered, forged or moved gives out no byte', async () => {
    const { sessionId, key } = await keys.mint();
    const { key: foreign } = await keys.mint();
    const bytes = sessionLikeBytes(50_000, 5);
    const place = `${sessionId}:1`;
    const damaged = async () => {
      const answer = await keys.open(sessionId);
      expect([answer.statusCode, codeOf(answer)]).toEqual([422, 'LUCID_ERR_7154']);
      return (answer.json() as { error: { details: { problem: string } } }).error.details.problem;
    };
    const stored = storage.put(sessionId, 1, bytes, key);
    const good = storage.files.get(place)?.bytes ?? Buffer.alloc(0);
    const flipped = Buffer.from(good);
    flipped[1000] = (flipped[1000] ?? 0) ^ 1;

    storage.files.set(place, { stored, bytes: flipped });
    expect(await damaged()).toBe('chunk hash');
    storage.files.set(place, { stored, bytes: good.subarray(1) });
    expect(await damaged()).toBe('chunk hash');
    const hash = createHash('sha256').update(flipped).digest('hex');
    storage.files.set(place, { stored: { ...stored, chunk_hash: hash }, bytes: flipped });
    expect(await damaged()).toBe('authentication_failed');
    storage.files.set(place, { stored: { ...stored, plain_hash: hash }, bytes: good });
    expect(await damaged()).toBe('plain_hash_mismatch');
    storage.put(sessionId, 2, bytes, key);
    const second = storage.files.get(`${sessionId}:2`);
    storage.files.set(place, {
      stored: { ...stored, chunk_hash: second?.stored.chunk_hash ?? '' },
      bytes: second?.bytes ?? good,
    });
    expect(await damaged()).toBe('authentication_failed');
    storage.put(sessionId, 1, bytes, foreign);
    expect(await damaged()).toBe('another key');
    storage.files.set(place, { stored, bytes: good });
    expect((await keys.open(sessionId)).rawPayload.equals(bytes)).toBe(true);
  });
});

describe('callers', () => {
  it('make and destroy keys, or open chunks, and nobody does both', async () => {
    const { sessionId, key } = await keys.mint();
    storage.put(sessionId, 1, sessionLikeBytes(1000, 1), key);
    const plaintext = `/sessions/${sessionId}/chunks/1/plaintext`;
    const statusOf = async (from: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
      (await keys.call(from, method, path, body ? { body } : {})).statusCode;
    for (const stranger of [PIPELINE, 'lucid-chunk-processor', 'lucid-session-recorder'])
      expect(await statusOf(stranger, 'GET', plaintext), stranger).toBe(403);
    for (const stranger of [API, 'lucid-chunk-processor', 'lucid-session-recorder']) {
      expect(await statusOf(stranger, 'DELETE', `/keys/${sessionId}`), stranger).toBe(403);
      expect(await statusOf(stranger, 'POST', '/keys', { session_id: sessionId }), stranger).toBe(403);
    }
    expect(await statusOf(PIPELINE, 'GET', `/keys/${sessionId}/audit`)).toBe(403);
    expect(await statusOf('lucid-api-gateway', 'GET', plaintext)).toBe(403);
    expect((await keys.app.inject(`/api/v1${plaintext}`)).statusCode).toBe(401);
    expect(await statusOf(API, 'GET', plaintext)).toBe(200);
  });

  it('that have no token learn counters and nothing else', async () => {
    const answer = await keys.app.inject('/api/v1/keys/status');
    expect(answer.statusCode).toBe(200);
    const status = answer.json() as Record<string, unknown>;
    expect(status).toMatchObject({ status: 'ready', keys_created_total: expect.any(Number) });
    expect(status.keys_created_total).toBeGreaterThan(0);
    expect(status.chunks_opened_total).toBeGreaterThan(0);
    expect(Object.values(status).filter((value) => typeof value !== 'number')).toEqual(['ready']);
  });
});

describe('changing the key-encryption key', () => {
  it('opens what the previous key wrapped, and wraps it anew when it is used', async () => {
    const first = await RunningKeys.start(uri('rotation'), storage);
    const bytes = sessionLikeBytes(3000, 8);
    const used = await first.mint();
    const unused = await first.mint();
    storage.put(used.sessionId, 1, bytes, used.key);
    await first.close();

    const both = { ENCRYPTION_KEY: SECOND_KEK, ENCRYPTION_KEY_PREVIOUS: FIRST_KEK };
    const second = await RunningKeys.start(uri('rotation'), storage, both);
    for (const _twice of [1, 2])
      expect((await second.open(used.sessionId)).rawPayload.equals(bytes)).toBe(true);
    expect((await second.mint(used.sessionId)).key).toEqual(used.key);
    const status = (await second.app.inject('/api/v1/keys/status')).json();
    expect(status).toMatchObject({ keys_rewrapped_total: 1, keys_created_total: 0 });
    await second.close();

    const alone = { ENCRYPTION_KEY: SECOND_KEK };
    await expect(RunningKeys.start(uri('rotation'), storage, alone)).rejects.toMatchObject({ code: 7152 });
    const third = await RunningKeys.start(uri('rotation'), storage, both);
    expect((await third.mint(unused.sessionId)).key).toEqual(unused.key);
    await third.close();
    const last = await RunningKeys.start(uri('rotation'), storage, alone);
    expect((await last.open(used.sessionId)).rawPayload.equals(bytes)).toBe(true);
    await last.close();
    await withDatabase(uri('rotation'), async (kept) => {
      const rotations = (await kept.find().toArray()).map(({ rotation_count }) => rotation_count);
      expect(rotations).toEqual([1, 1]);
    });
  });

  it('is no reason to open anything for a key that is neither', async () => {
    const first = await RunningKeys.start(uri('foreign'), storage);
    const third = await RunningKeys.start(uri('foreign'), storage, { ENCRYPTION_KEY: '33'.repeat(32) });
    const { sessionId } = await first.mint(); // under the key that the other does not have, after its start
    const answer = await third.open(sessionId);
    expect([answer.statusCode, codeOf(answer)]).toEqual([503, 'LUCID_ERR_7152']);
    expect((await third.app.inject('/health')).statusCode).toBe(503);
    await first.close();
    await third.close();
  });
});
