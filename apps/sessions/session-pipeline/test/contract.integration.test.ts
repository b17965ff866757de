import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { API, MIB, NAME, path, startBody } from './support/pipeline.ts';
import { pipelineInWorld } from './support/pipeline-in-world.ts';

const ID = randomUUID();
const { pipeline } = pipelineInWorld('contract');

const answered = (answer: { statusCode: number; body: string }) => [
  answer.statusCode,
  JSON.parse(answer.body).error.code,
];
const config = startBody().config;

describe('a start is refused', () => {
  it.each([
    ['without an owner', { config }, 'LUCID_ERR_1002'],
    ['without a config', { owner_id: ID }, 'LUCID_ERR_1002'],
    ['with an owner that is no id', startBody({ owner_id: 'me' }), 'LUCID_ERR_1005'],
    [
      'with chunks that are too small',
      startBody({ config: { ...config, chunk_size_bytes: MIB - 1 } }),
      'LUCID_ERR_1004',
    ],
    [
      'with chunks that are too large',
      startBody({ config: { ...config, chunk_size_bytes: 11 * MIB } }),
      'LUCID_ERR_1004',
    ],
    ['with a size in words', startBody({ config: { ...config, max_size_bytes: '1' } }), 'LUCID_ERR_1001'],
    [
      'with compression as a number',
      startBody({ config: { ...config, compression_enabled: 1 } }),
      'LUCID_ERR_1001',
    ],
    ['with fields that do not belong to it', startBody({ state: 'stopped' }), 'LUCID_ERR_1001'],
    ['as a list', [], 'LUCID_ERR_1001'],
  ])('%s', async (_what, body, code) => {
    expect(answered(await pipeline.call('POST', path(ID, '/start'), body))).toEqual([400, code]);
  });

  it('when it is broken, and when it is too large', async () => {
    const { app } = await pipeline.instance();
    const headers = { ...(await pipeline.identities.headers(API, NAME)), 'content-type': 'application/json' };
    const post = (payload: string) =>
      app.inject({ method: 'POST', url: path(ID, '/start'), headers, payload });
    expect(answered(await post('{'))).toEqual([400, 'LUCID_ERR_1009']);
    expect(answered(await post(JSON.stringify({ owner_id: 'x'.repeat(2 ** 20) })))).toEqual([
      413,
      'LUCID_ERR_1010',
    ]);
  });
});

const ROUTES = [
  ['POST', '/start', startBody()],
  ['POST', '/pause', undefined],
  ['POST', '/resume', undefined],
  ['POST', '/stop', undefined],
  ['POST', '/recover', undefined],
  ['POST', '/cleanup', undefined],
  ['GET', '', undefined],
  ['DELETE', '', undefined],
] as const;

describe.each(ROUTES)('%s /pipelines/{id}%s', (method, verb, body) => {
  it('refuses an id that is none', async () => {
    expect(answered(await pipeline.call(method, path('7', verb), body))).toEqual([400, 'LUCID_ERR_1005']);
  });

  it('is for session-api alone', async () => {
    const { app } = await pipeline.instance();
    const as = (headers: Record<string, string>) =>
      app.inject({ method, url: path(ID, verb), headers, ...(body ? { payload: body } : {}) });
    expect(answered(await as({}))).toEqual([401, 'LUCID_ERR_2001']);
    expect((await as({ authorization: 'Bearer a.b.c' })).statusCode).toBe(401);
    expect((await as(await pipeline.identities.headers(API, 'lucid-other'))).statusCode).toBe(401);
    expect((await as(await pipeline.identities.headers('lucid-chunk-processor', NAME))).statusCode).toBe(403);
    expect((await as(await pipeline.identities.headers('lucid-api-gateway', NAME))).statusCode).toBe(403);
  });
});

it('the counters are for anyone inside, and name no session', async () => {
  const { app } = await pipeline.instance();
  const session = randomUUID();
  await pipeline.start(session);
  const answer = await app.inject({ url: '/api/v1/pipeline/status' });
  expect(answer.json()).toMatchObject({ active_pipelines: 1 });
  expect(answer.json().stages[0]).toEqual({ stage_name: 'recording', pipelines: 1 });
  expect(answer.body).not.toContain(session);
});
