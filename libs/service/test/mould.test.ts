import { contract, OneOf, Strict, Uuid } from '@lucid/contracts';
import { TestIdentities, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type Handlers, mount, Reply, type ServiceContext } from '../src/index.ts';

const notes = contract('lucid-notes', 'Notes', {
  add: {
    method: 'POST',
    path: '/api/v1/notes',
    summary: 'Add.',
    access: 'user',
    body: Strict({
      text: Type.String({ minLength: 1, maxLength: 10 }),
      stars: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
      color: Type.Optional(OneOf(['red', 'blue'])),
    }),
    replies: { 201: Strict({ text: Type.String(), by: Type.String() }) },
  },
  read: {
    method: 'GET',
    path: '/api/v1/notes/:note_id',
    summary: 'Read.',
    access: 'user_or_service',
    params: Strict({ note_id: Uuid }),
    query: Strict({ page: Type.Optional(Type.Integer({ minimum: 1, default: 1 })) }),
    replies: { 200: Strict({ page: Type.Integer() }) },
  },
  clear: {
    method: 'DELETE',
    path: '/api/v1/notes',
    summary: 'Clear.',
    access: 'admin',
    replies: { 204: 'empty' },
  },
  count: {
    method: 'GET',
    path: '/api/v1/notes/status',
    summary: 'Count.',
    access: 'open',
    replies: { 200: Strict({ notes: Type.Integer() }) },
  },
  sweep: {
    method: 'POST',
    path: '/api/v1/notes/sweep',
    summary: 'Sweep.',
    access: 'service',
    replies: { 204: 'empty' },
  },
  upload: {
    method: 'PUT',
    path: '/api/v1/notes/blob',
    summary: 'Upload.',
    access: 'user',
    body: 'bytes',
    replies: { 200: 'bytes' },
  },
});

const handlers: Handlers<typeof notes> = {
  add: ({ body, user }) =>
    ({ text: body.text, by: user.id, secret: 'never leaves' }) as { text: string; by: string },
  read: ({ query }) => ({ page: query.page ?? 0 }),
  clear: () => undefined,
  count: () => ({ notes: 3 }),
  sweep: () => {
    throw new Error('PLANTED detail of the inside');
  },
  upload: ({ bytes }) => Reply.bytes(200, bytes),
};

const USER = { id: '6f9619ff-8b86-4011-b42d-00cf4fc964ff', role: 'user' };
const ADMIN = { ...USER, role: 'admin' };

let identities: TestIdentities;
let context: ServiceContext;
let app: FastifyInstance;
let asUser: Record<string, string>;

beforeAll(async () => {
  identities = new TestIdentities();
  for (const service of ['lucid-api-gateway', 'lucid-sweeper', 'lucid-stranger']) identities.pemOf(service);
  context = testContext({
    service: 'lucid-notes',
    identities,
    allowedCallers: ['lucid-api-gateway', 'lucid-sweeper'],
  });
  app = createApp(context);
  mount(app, notes, handlers, () => context.mesh.verifier);
  asUser = await identities.headers('lucid-api-gateway', 'lucid-notes', USER);
});
afterAll(async () => {
  await app.close();
  await context.lifecycle.stop();
  identities[Symbol.dispose]();
});

const codeOf = (response: { body: string }): string => JSON.parse(response.body).error.code;

describe('a mounted contract', () => {
  it('answers a valid call and lets nothing out that the contract does not name', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/notes',
      headers: asUser,
      payload: { text: 'hi' },
    });
    expect(response.statusCode).toBe(201);
    expect(response.json()).toEqual({ text: 'hi', by: USER.id });
    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['a missing field', {}, 'LUCID_ERR_1002'],
    ['a wrong type', { text: 5 }, 'LUCID_ERR_1001'],
    ['a number in quotes', { text: 'x', stars: '5' }, 'LUCID_ERR_1001'],
    ['an unknown field', { text: 'x', zzz: 1 }, 'LUCID_ERR_1001'],
    ['a number out of range', { text: 'x', stars: 6 }, 'LUCID_ERR_1004'],
    ['a text that is too long', { text: 'x'.repeat(11) }, 'LUCID_ERR_1004'],
    ['a word that is not offered', { text: 'x', color: 'green' }, 'LUCID_ERR_1001'],
    ['an array instead of an object', [], 'LUCID_ERR_1001'],
  ])('refuses %s with 400', async (_what, payload, code) => {
    const response = await app.inject({ method: 'POST', url: '/api/v1/notes', headers: asUser, payload });
    expect([response.statusCode, codeOf(response)]).toEqual([400, code]);
  });

  it('refuses broken JSON, an oversize body and a wrong media type', async () => {
    const post = (payload: string, type = 'application/json') =>
      app.inject({
        method: 'POST',
        url: '/api/v1/notes',
        headers: { ...asUser, 'content-type': type },
        payload,
      });
    expect(codeOf(await post('{"text":'))).toBe('LUCID_ERR_1009');
    expect(codeOf(await post(''))).toBe('LUCID_ERR_1009');
    expect(codeOf(await post(JSON.stringify({ text: 'x'.repeat(2 ** 20) })))).toBe('LUCID_ERR_1010');
    expect(codeOf(await post('text=hi', 'application/x-www-form-urlencoded'))).toBe('LUCID_ERR_1011');
    expect(codeOf(await post('hi', 'text/plain'))).toBe('LUCID_ERR_1011');
  });

  it('converts query texts to the contract’s types, fills defaults, and refuses a bad id', async () => {
    const read = (path: string) =>
      app.inject({ method: 'GET', url: `/api/v1/notes/${path}`, headers: asUser });
    expect((await read(`${USER.id}?page=7`)).json()).toEqual({ page: 7 });
    expect((await read(USER.id)).json()).toEqual({ page: 1 });
    expect(codeOf(await read(`${USER.id}?page=x`))).toBe('LUCID_ERR_1001');
    expect(codeOf(await read('not-a-uuid'))).toBe('LUCID_ERR_1005');
  });

  it('passes octets through both ways', async () => {
    const payload = Buffer.from('octets');
    const response = await app.inject({
      method: 'PUT',
      url: '/api/v1/notes/blob',
      headers: { ...asUser, 'content-type': 'application/octet-stream' },
      payload,
    });
    expect(response.rawPayload).toEqual(payload);
  });

  it('answers 404 with the envelope for an unknown path', async () => {
    const response = await app.inject({ method: 'GET', url: '/api/v1/nowhere' });
    expect(response.statusCode).toBe(404);
    expect(response.json().error).toMatchObject({
      code: 'LUCID_ERR_4001',
      service: 'lucid-notes',
      version: 'v1',
    });
  });

  it('tells nothing of an unforeseen failure', async () => {
    const headers = await identities.headers('lucid-sweeper', 'lucid-notes');
    const response = await app.inject({ method: 'POST', url: '/api/v1/notes/sweep', headers });
    expect([response.statusCode, codeOf(response)]).toEqual([500, 'LUCID_ERR_5001']);
    expect(response.body).not.toContain('PLANTED');
  });
});

describe('who may call', () => {
  const add = (headers: Record<string, string>, payload: object = { text: 'hi' }) =>
    app.inject({ method: 'POST', url: '/api/v1/notes', headers, payload });

  it('is judged before the body is looked at', async () => {
    const response = await add({}, { nonsense: true });
    expect([response.statusCode, codeOf(response)]).toEqual([401, 'LUCID_ERR_2001']);
  });

  it('is nobody with a forged token, a token for somebody else, or from outside the drawn edges', async () => {
    expect((await add({ ...asUser, authorization: 'Bearer a.b.c' })).statusCode).toBe(401);
    expect((await add(await identities.headers('lucid-api-gateway', 'lucid-other', USER))).statusCode).toBe(
      401,
    );
    const stranger = await add(await identities.headers('lucid-stranger', 'lucid-notes', USER));
    expect([stranger.statusCode, codeOf(stranger)]).toEqual([403, 'LUCID_ERR_2020']);
  });

  it('is not a user just because some service says so', async () => {
    expect((await add(await identities.headers('lucid-sweeper', 'lucid-notes', USER))).statusCode).toBe(401);
  });

  it('is an admin only with the role', async () => {
    const clear = (headers: Record<string, string>) =>
      app.inject({ method: 'DELETE', url: '/api/v1/notes', headers });
    expect((await clear(asUser)).statusCode).toBe(403);
    expect(
      (await clear(await identities.headers('lucid-api-gateway', 'lucid-notes', ADMIN))).statusCode,
    ).toBe(204);
  });

  it('is anyone for open counters, and never the gateway for service routes', async () => {
    expect((await app.inject({ url: '/api/v1/notes/status' })).json()).toEqual({ notes: 3 });
    const sweep = await app.inject({ method: 'POST', url: '/api/v1/notes/sweep', headers: asUser });
    expect(sweep.statusCode).toBe(403);
  });
});

describe('health and metrics', () => {
  it('live on every service and count by route template', async () => {
    await app.inject({ method: 'GET', url: `/api/v1/notes/${USER.id}`, headers: asUser });
    expect((await app.inject({ url: '/health' })).json()).toMatchObject({
      status: 'healthy',
      service: 'lucid-notes',
      state: 'running',
    });
    expect((await app.inject({ url: '/health/ready' })).statusCode).toBe(200);
    const text = (await app.inject({ url: '/metrics' })).body;
    expect(text).toMatch(
      /http_requests_total\{service="lucid-notes",method="GET",route="\/api\/v1\/notes\/:note_id",status="200"\}/,
    );
  });

  it('are not ready, and close connections, while draining', async () => {
    using other = new TestIdentities();
    const draining = testContext({ service: 'lucid-notes', identities: other });
    const drained = createApp(draining);
    draining.health.acceptsWork = false;
    await draining.lifecycle.stop();
    const response = await drained.inject({ url: '/health/ready' });
    expect([response.statusCode, response.headers.connection]).toEqual([503, 'close']);
    await drained.close();
  });

  it('keep /metrics to the holder of the token', async () => {
    using other = new TestIdentities();
    const guarded = { ...testContext({ service: 'lucid-notes', identities: other }), metricsToken: 't0ken' };
    const guardedApp = createApp(guarded);
    expect((await guardedApp.inject({ url: '/metrics' })).statusCode).toBe(401);
    expect(
      (await guardedApp.inject({ url: '/metrics', headers: { authorization: 'Bearer t0ken' } })).statusCode,
    ).toBe(200);
    await guardedApp.close();
  });
});
