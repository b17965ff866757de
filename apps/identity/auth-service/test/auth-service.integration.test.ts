import { authService } from '@lucid/contracts';
import { startTestMongo, TestIdentities, type TestMongo, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { decodeJwt } from 'jose';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../src/adapters/connect.ts';
import { buildApp } from '../src/app.ts';
import { config } from '../src/config.ts';

const SERVICE = authService.service;
const PASSWORD = 'Correct-Horse-7-Battery';
const identities = new TestIdentities();
const contexts: ReturnType<typeof testContext>[] = [];
let mongo: TestMongo;
let client: MongoClient;

/** The database under its real name: a shared server gives every test databases of its own. */
const kept = () => client.db(new URL(mongo.uri(database)).pathname.slice(1));
let replicas: FastifyInstance[];
let database: string;
let sequence = 0;

beforeAll(async () => {
  mongo = await startTestMongo();
  client = await MongoClient.connect(mongo.uri('lucid'));
});

beforeEach(async () => {
  await stopReplicas();
  database = `auth_${process.pid}_${sequence++}`;
  replicas = [await replica(), await replica()];
});

afterAll(async () => {
  await stopReplicas();
  await client?.close();
  await mongo?.close();
  identities[Symbol.dispose]();
});

async function stopReplicas(): Promise<void> {
  for (const context of contexts.splice(0)) await context.lifecycle.stop();
  if (database) await kept().dropDatabase();
}

async function replica(extra: Record<string, string> = {}): Promise<FastifyInstance> {
  const allowedCallers = ['lucid-api-gateway'];
  const settings = config.load({
    ...identities.environment(SERVICE, allowedCallers),
    MONGODB_URI: mongo.uri(database),
    JWT_SECRET: 'a secret of the tests, 32 bytes long',
    ...extra,
  });
  const context = testContext({ service: SERVICE, identities, allowedCallers });
  contexts.push(context);
  const app = buildApp(settings, await connect(settings, context), context);
  await app.ready();
  return app;
}

interface Signed {
  access_token: string;
  refresh_token: string;
  user: { user_id: string; role: string };
}

const at = (index: number): FastifyInstance => replicas[index] ?? (replicas[0] as FastifyInstance);
const post = (path: string, payload: object, index = 0) =>
  at(index).inject({ method: 'POST', url: `/api/v1/auth/${path}`, payload });
const register = (name: string, change: object = {}) =>
  post('register', { email: `${name}@example.org`, username: name, password: PASSWORD, ...change });
const login = (name: string, password = PASSWORD, index = 0) =>
  post('login', { email: `${name}@example.org`, password }, index);
const signedIn = async (name: string): Promise<Signed> => (await login(name)).json<Signed>();
const asGateway = async (user: { id: string; role: string }) =>
  identities.headers('lucid-api-gateway', SERVICE, user);
const errorCode = (response: { json(): { error: { code: string } } }): string => response.json().error.code;

describe('accounts', () => {
  it('register, sign in by JSON and by form, and look at themselves', async () => {
    const created = await register('alice');
    expect(created.statusCode).toBe(201);
    expect(created.json()).toMatchObject({ email: 'alice@example.org', username: 'alice', role: 'user' });
    const { access_token, user } = await signedIn('alice');
    expect(decodeJwt(access_token)).toMatchObject({ sub: user.user_id, type: 'access' });
    const form = await at(0).inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ email: 'ALICE@example.org', password: PASSWORD }).toString(),
    });
    expect(form.statusCode).toBe(200);
    expect(form.headers['cache-control']).toBe('no-store');
    const headers = await asGateway({ id: user.user_id, role: 'user' });
    const own = await at(1).inject({ url: '/api/v1/users/me', headers });
    expect(own.json()).toMatchObject({ user_id: user.user_id, last_login: expect.any(String) });
    const status = await at(1).inject({ url: '/api/v1/auth/status', headers });
    expect(status.json()).toMatchObject({ authenticated: true, user: { username: 'alice' } });
  });

  it('are unique when two registrations race on two replicas', async () => {
    const racers = await Promise.all(
      [0, 1, 0, 1].map((index) =>
        post('register', { email: 'Bob@example.org', username: `bob${index}`, password: PASSWORD }, index),
      ),
    );
    expect(racers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409]);
    const taken = await register('other', { username: 'BOB0' });
    const free = await register('another', { username: 'BOB1' });
    expect([taken.statusCode, free.statusCode].sort()).toEqual([201, 409]);
  });

  it('say what is wrong with a registration', async () => {
    expect(errorCode(await register('carol', { password: 'weak' }))).toBe('LUCID_ERR_1007');
    expect(errorCode(await register('carol', { email: 'no address' }))).toBe('LUCID_ERR_1006');
    expect(errorCode(await register('carol', { username: 'ab' }))).toBe('LUCID_ERR_1003');
    expect(errorCode(await register('carol', { role: 'admin' }))).toBe('LUCID_ERR_1001');
    expect(errorCode(await post('register', {}))).toBe('LUCID_ERR_1002');
    const broken = await at(0).inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      headers: { 'content-type': 'application/json' },
      payload: '{"email":',
    });
    expect(errorCode(broken)).toBe('LUCID_ERR_1009');
  });

  it('keep neither password nor token in the database', async () => {
    await register('dave');
    const { access_token, refresh_token } = await signedIn('dave');
    const dump: unknown[] = [];
    for (const { name } of await kept().listCollections().toArray())
      dump.push(...(await kept().collection(name).find().toArray()));
    const text = JSON.stringify(dump);
    expect(text).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    for (const secret of [PASSWORD, access_token, refresh_token, refresh_token.split('.')[1] ?? ''])
      expect(text).not.toContain(secret);
  });

  it('named by the configuration become super_admin, also when they were there before', async () => {
    await register('root');
    const promoted = await replica({ BOOTSTRAP_SUPER_ADMIN_EMAIL: 'ROOT@example.org' });
    const { user } = await signedIn('root');
    expect(user.role).toBe('super_admin');
    await register('second');
    await replica({ BOOTSTRAP_SUPER_ADMIN_EMAIL: 'second@example.org' });
    expect((await signedIn('second')).user.role).toBe('user');
    expect(promoted).toBeDefined();
  });
});

describe('lockout', () => {
  it('is shared by the replicas and does not tell whether the account exists', async () => {
    await register('erin');
    for (const name of ['erin', 'nobody']) {
      for (let attempt = 0; attempt < 5; attempt++) {
        const refused = await login(name, 'wrong', attempt % 2);
        expect([refused.statusCode, errorCode(refused)]).toEqual([401, 'LUCID_ERR_2001']);
      }
      const locked = await login(name, PASSWORD, 1);
      expect([locked.statusCode, errorCode(locked)]).toEqual([423, 'LUCID_ERR_2005']);
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(890);
    }
  });

  it('lets a burst through two replicas try at most one password more', async () => {
    await register('frank');
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_none, index) => login('frank', 'wrong', index % 2)),
    );
    const tried = answers.filter(({ statusCode }) => statusCode === 401);
    expect(tried.length).toBeGreaterThanOrEqual(5);
    expect(tried.length).toBeLessThanOrEqual(6);
  });
});

describe('refresh tokens', () => {
  it('are used once even when ten calls race on two replicas, and the race ends the session', async () => {
    await register('grace');
    const { refresh_token } = await signedIn('grace');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_none, index) => post('refresh', { refresh_token }, index % 2)),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeLessThanOrEqual(1);
    const [winner] = answers.filter(({ statusCode }) => statusCode === 200);
    const after = await post(
      'refresh',
      winner?.json() ? { refresh_token: winner.json().refresh_token } : { refresh_token },
    );
    expect([after.statusCode, errorCode(after)]).toEqual([401, 'LUCID_ERR_2010']);
    const events = await kept()
      .collection('security_events')
      .find({ event_type: 'refresh_reused' })
      .toArray();
    expect(events.length).toBeGreaterThan(0);
    expect(events[0]).toMatchObject({ severity: 'critical', success: false });
  });

  it('work on any replica, one after the other', async () => {
    await register('heidi');
    let { refresh_token } = await signedIn('heidi');
    for (let round = 0; round < 6; round++) {
      const answer = await post('refresh', { refresh_token }, round % 2);
      expect(answer.statusCode).toBe(200);
      refresh_token = answer.json<Signed>().refresh_token;
    }
  });
});

describe('what others read', () => {
  it('is one key list, the same on every replica, open and without private parts', async () => {
    const [one, two] = await Promise.all([0, 1].map((index) => at(index).inject('/.well-known/jwks.json')));
    expect(one?.json()).toEqual(two?.json());
    expect(one?.json().keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        kid: expect.any(String),
        use: 'sig',
        alg: 'EdDSA',
      },
    ]);
  });

  it('is a feed of ended sessions, for services alone', async () => {
    await register('ivan');
    const first = await signedIn('ivan');
    const headers = await identities.headers('lucid-api-gateway', SERVICE);
    const url = '/api/v1/internal/auth/revocations';
    expect((await at(0).inject(url)).statusCode).toBe(401);
    const forwarded = { ...headers, 'x-forwarded-for': '203.0.113.7' };
    expect((await at(0).inject({ url, headers: forwarded })).statusCode).toBe(403);
    const before = await at(0).inject({ url, headers });
    expect(before.statusCode).toBe(200);
    const user = { id: first.user.user_id, role: 'user' };
    const sid = String(decodeJwt(first.access_token).sid);
    const ended = await at(1).inject({
      method: 'POST',
      url: '/api/v1/auth/logout',
      headers: { ...(await asGateway(user)), 'x-login-session-id': sid },
      payload: {},
    });
    expect(ended.json()).toMatchObject({ ended_sessions: 1 });
    const after = await at(0).inject({ url: `${url}?after=${before.json().cursor}`, headers });
    expect(after.json().revocations).toEqual([{ session_id: sid, expires_at: expect.any(String) }]);
    const again = await post('refresh', { refresh_token: first.refresh_token });
    expect(again.statusCode).toBe(401);
  });
});
