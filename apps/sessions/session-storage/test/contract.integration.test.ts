import { randomUUID } from 'node:crypto';
import { startTestMongo, type TestMongo } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chunkPath,
  encoded,
  METADATA,
  NAME,
  PROCESSOR,
  putHeaders,
  RunningStorage,
} from './support/storage.ts';

const ID = randomUUID();
const BYTES = Buffer.from('encrypted');
let mongo: TestMongo;
let storage: RunningStorage;

beforeAll(async () => {
  mongo = await startTestMongo();
  storage = await RunningStorage.start(mongo.uri(`storage_contract_${process.pid}`));
});
afterAll(async () => {
  await storage?.stop();
  await mongo?.close();
});

const codeOf = (answer: { body: string }): string => JSON.parse(answer.body).error.code;
const manifestPath = `/api/v1/sessions/${ID}/manifest`;
const signed = {
  manifest: { any: 1 },
  manifest_hash: 'a'.repeat(64),
  signature: 'b'.repeat(128),
  public_key: 'c'.repeat(64),
};

describe('a chunk is refused', () => {
  it.each([
    ['with a bad session id', chunkPath('not-a-uuid', 1), {}, 'LUCID_ERR_1005'],
    ['with number 0', chunkPath(ID, 0), {}, 'LUCID_ERR_1004'],
    ['with a number beyond any session', chunkPath(ID, 102_401), {}, 'LUCID_ERR_1004'],
    ['with a number that is none', chunkPath(ID, 'x'), {}, 'LUCID_ERR_1001'],
    ['with half a hash', chunkPath(ID, 1), { 'x-chunk-sha256': 'ab' }, 'LUCID_ERR_1003'],
    ['with broken metadata', chunkPath(ID, 1), { 'x-chunk-metadata': '!' }, 'LUCID_ERR_7204'],
    [
      'with metadata of another shape',
      chunkPath(ID, 1),
      { 'x-chunk-metadata': encoded({}) },
      'LUCID_ERR_7204',
    ],
    ['with endless metadata', chunkPath(ID, 1), { 'x-chunk-metadata': 'a'.repeat(4097) }, 'LUCID_ERR_1004'],
    [
      'with another hash than announced',
      chunkPath(ID, 1),
      { 'x-chunk-sha256': 'f'.repeat(64) },
      'LUCID_ERR_7203',
    ],
  ])('%s', async (_what, url, given, code) => {
    const headers = { ...(await storage.asProcessor()), ...putHeaders(BYTES), ...given };
    const answer = await storage.app.inject({ method: 'PUT', url, headers, payload: BYTES });
    expect([answer.statusCode, codeOf(answer)]).toEqual([400, code]);
  });

  it.each(['x-chunk-sha256', 'x-chunk-metadata'])('without %s', async (name) => {
    const { [name]: _left, ...headers } = { ...(await storage.asProcessor()), ...putHeaders(BYTES) };
    const answer = await storage.app.inject({
      method: 'PUT',
      url: chunkPath(ID, 1),
      headers,
      payload: BYTES,
    });
    expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'LUCID_ERR_1002']);
  });

  it('when it is not octets, and when it is too large', async () => {
    const headers = {
      ...(await storage.asProcessor()),
      ...putHeaders(BYTES),
      'content-type': 'application/json',
    };
    const asJson = await storage.app.inject({ method: 'PUT', url: chunkPath(ID, 1), headers, payload: '{}' });
    expect([asJson.statusCode, codeOf(asJson)]).toEqual([415, 'LUCID_ERR_1011']);
    const large = await storage.put(ID, 1, Buffer.alloc(10 * 2 ** 20 + 64 * 1024 + 1));
    expect([large.statusCode, codeOf(large)]).toEqual([413, 'LUCID_ERR_7206']);
  });
});

describe('what is not there', () => {
  it('is 404 for chunks and manifests, and an empty list', async () => {
    const chunk = await storage.call('GET', chunkPath(ID, 1));
    expect([chunk.statusCode, codeOf(chunk)]).toEqual([404, 'LUCID_ERR_7201']);
    expect((await storage.call('HEAD', chunkPath(ID, 1))).statusCode).toBe(404);
    const manifest = await storage.call('GET', manifestPath);
    expect([manifest.statusCode, codeOf(manifest)]).toEqual([404, 'LUCID_ERR_7211']);
    const list = await storage.call('GET', `/api/v1/sessions/${ID}/chunks`);
    expect(list.json()).toEqual({ chunks: [], total: 0 });
  });

  it('is not listed by halves either', async () => {
    for (const query of ['limit=0', 'limit=1001', 'after=-1', 'page=1', 'limit=x']) {
      const answer = await storage.call('GET', `/api/v1/sessions/${ID}/chunks?${query}`);
      expect([query, answer.statusCode]).toEqual([query, 400]);
    }
  });
});

describe('a manifest', () => {
  it.each([
    ['without its hash', { ...signed, manifest_hash: undefined }, 'LUCID_ERR_1002'],
    ['with a short signature', { ...signed, signature: 'ab' }, 'LUCID_ERR_1003'],
    ['that is a list', { ...signed, manifest: [] }, 'LUCID_ERR_1001'],
    ['with more than belongs to it', { ...signed, more: 1 }, 'LUCID_ERR_1001'],
  ])('%s is refused', async (_what, payload, code) => {
    const answer = await storage.call('PUT', manifestPath, { payload });
    expect([answer.statusCode, codeOf(answer)]).toEqual([400, code]);
  });
});

describe('who may call', () => {
  it('is nobody without a true token, from outside the drawn edges, or for a user', async () => {
    const get = (headers: Record<string, string>) =>
      storage.app.inject({ method: 'GET', url: chunkPath(ID, 1), headers });
    expect((await get({})).statusCode).toBe(401);
    expect((await get({ authorization: 'Bearer a.b.c' })).statusCode).toBe(401);
    expect((await get(await storage.identities.headers(PROCESSOR, 'lucid-other'))).statusCode).toBe(401);
    expect((await get(await storage.identities.headers('lucid-api-gateway', NAME))).statusCode).toBe(403);
    const put = await storage.app.inject({
      method: 'PUT',
      url: chunkPath(ID, 1),
      headers: putHeaders(BYTES),
      payload: BYTES,
    });
    expect(put.statusCode).toBe(401);
  });

  it('is anyone inside for the counters, which name no session', async () => {
    const answer = await storage.app.inject({ url: '/api/v1/storage/status' });
    expect(answer.json()).toMatchObject({ status: 'ready', chunks_total: 0, used_bytes: 0 });
  });
});

it('metadata in the header is what the list tells later', async () => {
  const session = randomUUID();
  await storage.put(session, 1, BYTES);
  const { chunks, total } = (await storage.call('GET', `/api/v1/sessions/${session}/chunks`)).json();
  expect(total).toBe(1);
  expect(chunks[0]).toMatchObject({ ...METADATA, session_id: session, sequence_number: 1, size_bytes: 9 });
});
