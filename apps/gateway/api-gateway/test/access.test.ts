import {
  authService,
  blockchainEngine,
  type Contract,
  sessionAnchoring,
  sessionApi,
  sessionRecorder,
} from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { errorOf, fill, runningGateway } from './support/running-gateway.ts';
import { bearer } from './support/tokens.ts';

const running = runningGateway({ CORS_ORIGINS: 'https://app.example.org' });
const { call, sessions } = running;

const CONTRACTS: Contract[] = [authService, sessionApi, sessionRecorder, sessionAnchoring, blockchainEngine];
const endpoints = CONTRACTS.flatMap(({ service, endpoints }) =>
  Object.entries(endpoints).map(([name, endpoint]) => ({ service, name, ...endpoint })),
);

describe('what can be reached', () => {
  it('is every endpoint for people, and only some without a token', async () => {
    const open = new Set<string>();
    for (const { method, path, access, name } of endpoints) {
      if (access === 'service' || access === 'open') continue;
      const response = await call(fill(path), { method });
      expect([name, response.status]).not.toEqual([name, 404]);
      if (response.status !== 401) open.add(name);
    }
    expect([...open].sort()).toEqual([
      ...[
        'chainHeight',
        'chainHeightAlias',
        'chainInfo',
        'chainInfoAlias',
        'chainStatus',
        'chainStatusAlias',
      ],
      ...['login', 'refresh', 'register'],
    ]);
  });

  it('is no endpoint for services, nor an open one of the inside', async () => {
    const headers = await bearer({ role: 'super_admin' });
    const people = new Set(
      endpoints
        .filter(({ access }) => access !== 'service' && access !== 'open')
        .map(({ method, path }) => `${method} ${fill(path)}`),
    );
    for (const { method, path, access, name } of endpoints) {
      if (access !== 'service' && access !== 'open') continue;
      if (people.has(`${method} ${fill(path)}`)) continue;
      const response = await call(fill(path), { method, headers });
      expect([name, response.status]).toEqual([name, 404]);
    }
    for (const path of ['/api/v1/pipeline/status', '/api/v1/recording/status', '/api/v1/processing/status'])
      expect((await call(path, { headers })).status).toBe(404);
  });

  it('is for admins alone what the contract says is', async () => {
    const path = '/api/v1/blocks/validate';
    const post = async (role: string) =>
      call(path, {
        method: 'POST',
        headers: { ...(await bearer({ role })), 'content-type': 'application/json' },
        body: '{}',
      });
    expect((await post('node_operator')).status).toBe(403);
    expect((await post('admin')).status).toBe(200);
    expect((await post('super_admin')).status).toBe(200);
  });
});

describe('tokens', () => {
  it.each([
    ['none', undefined, '2001'],
    ['one that is nonsense', 'Bearer nonsense', '2003'],
    ['another scheme', 'Basic YWxhZGRpbg==', '2001'],
  ])('%s: 401 with the envelope', async (_what, authorization, code) => {
    const response = await call('/api/v1/sessions', { headers: authorization ? { authorization } : {} });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await errorOf(response)).toMatchObject({
      code: `LUCID_ERR_${code}`,
      service: 'lucid-api-gateway',
      request_id: response.headers.get('x-request-id'),
    });
  });

  it('expired or forged: 401, each with its own code', async () => {
    const expired = await call('/api/v1/sessions', { headers: await bearer({ expiresInS: -1 }) });
    expect((await errorOf(expired)).code).toBe('LUCID_ERR_2002');
    const forged = await call('/api/v1/sessions', { headers: await bearer({ forged: true }) });
    expect((await errorOf(forged)).code).toBe('LUCID_ERR_2003');
    expect(sessions().seen).toEqual([]);
  });

  it('of an ended login session are refused as soon as the feed tells it, long before they expire', async () => {
    const sid = '44444444-4444-4444-8444-444444444444';
    const headers = await bearer({ sid });
    expect((await call('/api/v1/sessions', { headers })).status).toBe(200);
    running.gateway.revocations.push({
      session_id: sid,
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    });
    await eventually(
      'the token is refused',
      async () => (await call('/api/v1/sessions', { headers })).status === 401,
    );
  });
});
