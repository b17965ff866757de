import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freePort, startTestMongo, type TestMongo, WORKSPACE_ROOT } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { Upstream } from './support/upstream.ts';

const MAIN = join(WORKSPACE_ROOT, 'apps/identity/auth-service/src/main.ts');
const SERVICE = 'lucid-auth-service';
const ACCOUNT = { email: 'alice@example.org', username: 'alice', password: 'Correct-Horse-7-Battery' };
let mongo: TestMongo;
let gateway: TestGateway;
let auth: ChildProcess;

beforeAll(async () => {
  mongo = await startTestMongo();
  gateway = await startGateway();
  const port = await freePort();
  auth = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...gateway.identities.environment(SERVICE, ['lucid-api-gateway']),
      HOST: '127.0.0.1',
      PORT: String(port),
      MONGODB_URI: mongo.uri(`gateway_${process.pid}`),
      JWT_SECRET: 'a secret of the tests, 32 bytes long',
      LOG_LEVEL: 'error',
      DRAIN_DELAY_MS: '0',
    },
  });
  await eventually('the auth service is ready', async () => {
    if (auth.exitCode !== null) throw new Error(`it ended with code ${auth.exitCode}`);
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  });
  const [fake] = gateway.instances.get(SERVICE) ?? [];
  gateway.instances.set(SERVICE, [Upstream.at(port)]);
  await fake?.close();
});

afterAll(async () => {
  const ended = new Promise((resolve) => auth.once('exit', resolve));
  if (auth.exitCode === null) {
    auth.kill('SIGTERM');
    await ended;
  }
  await gateway?.close();
  await mongo?.close();
});

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/api/v1/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const whoAmI = (authorization: string) =>
  fetch(`${gateway.url}/api/v1/users/me`, { headers: { authorization } });

describe('an account', () => {
  it('is made, used and left through the gateway, and its tokens end with the logout', async () => {
    expect((await post('register', ACCOUNT)).status).toBe(201);
    const signedIn = (await (await post('login', ACCOUNT)).json()) as { error?: object };
    expect(signedIn.error).toBeDefined(); // a username is no part of a login
    const { email, password } = ACCOUNT;
    const login = await post('login', { email, password });
    expect(login.status).toBe(200);
    const { access_token, refresh_token } = (await login.json()) as Record<string, string>;
    const authorization = `Bearer ${access_token}`;
    await eventually('the new key is known', async () => (await whoAmI(authorization)).status === 200);
    expect(await (await whoAmI(authorization)).json()).toMatchObject({ email, username: 'alice' });

    const out = await post('logout', {}, { authorization });
    expect(await out.json()).toMatchObject({ ended_sessions: 1 });
    await eventually('the token is refused', async () => (await whoAmI(authorization)).status === 401);
    const refreshed = await post('refresh', { refresh_token });
    expect([refreshed.status, ((await refreshed.json()) as { error: { code: string } }).error.code]).toEqual([
      401,
      'LUCID_ERR_2010',
    ]);
  });

  it('hears of weak passwords, broken JSON and wrong passwords in the owner’s words', async () => {
    const codeOf = async (response: Response) =>
      ((await response.json()) as { error: { code: string; service: string } }).error;
    const weak = { email: 'bob@example.org', username: 'bob', password: 'weak' };
    expect(await codeOf(await post('register', weak))).toMatchObject({
      code: 'LUCID_ERR_1007',
      service: SERVICE,
    });
    const broken = await fetch(`${gateway.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"email":',
    });
    expect(await codeOf(broken)).toMatchObject({ code: 'LUCID_ERR_1009' });
    const wrong = { email: ACCOUNT.email, password: 'wrong' };
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await codeOf(await post('login', wrong))).toMatchObject({ code: 'LUCID_ERR_2001' });
    const locked = await post('login', wrong);
    expect([locked.status, Number(locked.headers.get('retry-after')) > 800]).toEqual([423, true]);
  });
});
