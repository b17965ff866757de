import { systemClock } from '@lucid/clock';
import { createVerifier } from '@lucid/service-auth';
import { describe, expect, it } from 'vitest';
import { errorOf, runningGateway } from './support/running-gateway.ts';
import { bearer, LOGIN_SESSION_ID, USER_ID } from './support/tokens.ts';
import { envelope, json } from './support/upstream.ts';

const running = runningGateway({ CORS_ORIGINS: 'https://app.example.org' });
const { call, sessions } = running;

describe('a request that is passed on', () => {
  it('carries who the user is and who calls, and nothing the client pretends', async () => {
    const requestId = '55555555-5555-4555-8555-555555555555';
    await call('/api/v1/sessions?page=2&limit=5', {
      headers: {
        ...(await bearer({ role: 'node_operator' })),
        'x-request-id': requestId,
        'x-user-id': '66666666-6666-4666-8666-666666666666',
        'x-user-role': 'super_admin',
        'x-login-session-id': '66666666-6666-4666-8666-666666666666',
        'x-service-name': 'lucid-session-pipeline',
        'x-forwarded-for': '203.0.113.9',
        forwarded: 'for=203.0.113.9',
        cookie: 'a=b',
        'x-anything': 'else',
        'accept-language': 'de',
      },
    });
    const [seen] = sessions().seen;
    expect(seen?.url).toBe('/api/v1/sessions?page=2&limit=5');
    expect(seen?.headers).toMatchObject({
      host: 'lucid-session-api:8087',
      'x-user-id': USER_ID,
      'x-user-role': 'node_operator',
      'x-login-session-id': LOGIN_SESSION_ID,
      'x-request-id': requestId,
      'x-forwarded-for': '127.0.0.1',
      'accept-language': 'de',
    });
    for (const name of ['x-service-name', 'forwarded', 'cookie', 'x-anything', 'accept-encoding'])
      expect(seen?.headers).not.toHaveProperty(name);
    const verifier = createVerifier({
      serviceName: 'lucid-session-api',
      keysFile: running.gateway.identities.keysFile,
      allowedCallers: ['lucid-api-gateway'],
      clock: systemClock,
    });
    expect(await verifier.verify(seen?.headers.authorization)).toMatchObject({
      service: 'lucid-api-gateway',
    });
  });

  it('keeps body and content type, JSON or form, good or malformed: the owner judges', async () => {
    const bodies = [
      ['application/json', '{"email":"a@b.c","password":"x"}'],
      ['application/x-www-form-urlencoded', 'email=a%40b.c&password=x'],
      ['application/json', '{"email":'],
    ] as const;
    for (const [type, body] of bodies)
      await call('/api/v1/auth/login', { method: 'POST', headers: { 'content-type': type }, body });
    const { seen } = running.gateway.upstream('lucid-auth-service');
    expect(seen.map(({ headers, body }) => [headers['content-type'], body])).toEqual(bodies);
  });

  it('gets the answer back as it is, without what is between services', async () => {
    const { answer } = sessions();
    sessions().answer = (_request, response) =>
      json(response, 409, envelope(4002, { field: 'name' }), {
        etag: '"1"',
        'x-request-id': 'theirs',
        'x-owner-address': '10.0.0.1:1',
        server: 'secret',
      });
    const response = await call('/api/v1/sessions', { headers: await bearer() });
    sessions().answer = answer;
    expect(response.status).toBe(409);
    expect(await errorOf(response)).toMatchObject({ code: 'LUCID_ERR_4002', details: { field: 'name' } });
    expect(response.headers.get('etag')).toBe('"1"');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    for (const name of ['x-owner-address', 'server']) expect(response.headers.get(name)).toBeNull();
  });

  it('of a megabyte and more is refused before it is passed on, announced or not', async () => {
    const headers = { ...(await bearer()), 'content-type': 'application/json' };
    const big = `"${'x'.repeat(1024 * 1024)}"`;
    const announced = await call('/api/v1/sessions', { method: 'POST', headers, body: big });
    expect([announced.status, (await errorOf(announced)).code]).toEqual([413, 'LUCID_ERR_1010']);
    const chunked = await call('/api/v1/sessions', {
      method: 'POST',
      headers,
      body: new Blob([big]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect([chunked.status, (await errorOf(chunked)).code]).toEqual([413, 'LUCID_ERR_1010']);
    expect(sessions().seen).toEqual([]);
  });
});

describe('a service that fails', () => {
  it('is told as 5003 with its own code, and when to come back', async () => {
    const { answer } = sessions();
    sessions().answer = (_request, response) =>
      json(response, 500, { ...envelope(5001), stack: 'secret' }, { 'retry-after': '7' });
    const response = await call('/api/v1/sessions', { headers: await bearer() });
    sessions().answer = answer;
    expect(response.status).toBe(502);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await errorOf(response)).toMatchObject({
      code: 'LUCID_ERR_5003',
      details: { upstream: 'lucid-session-api', status: 500, code: 'LUCID_ERR_5001' },
    });
  });

  it('with a full disk says so itself', async () => {
    const { answer } = sessions();
    sessions().answer = (_request, response) => json(response, 507, envelope(7105));
    const response = await call('/api/v1/sessions', { headers: await bearer() });
    sessions().answer = answer;
    expect([response.status, (await errorOf(response)).code]).toEqual([507, 'LUCID_ERR_7105']);
  });

  it('that cannot be reached is told as 5005, then the breaker answers, and other services go on', async () => {
    const engine = running.gateway.upstream('lucid-blockchain-engine');
    await engine.close();
    const codes: string[] = [];
    for (let attempt = 0; attempt < 8; attempt++)
      codes.push((await errorOf(await call('/api/v1/blockchain/info'))).code);
    await engine.listen();
    expect(codes[0]).toBe('LUCID_ERR_5005');
    expect(codes.at(-1)).toBe('LUCID_ERR_5007');
    expect((await call('/api/v1/sessions', { headers: await bearer() })).status).toBe(200);
  });
});

describe('the gateway’s own paths', () => {
  it('tell what it is', async () => {
    const info = await (await call('/api/v1/meta/info')).json();
    expect(info).toMatchObject({ service_name: 'lucid-api-gateway', environment: 'development' });
    expect(await (await call('/api/v1/meta/version')).json()).toMatchObject({ api_version: 'v1' });
  });

  it('about the inside are for the inside', async () => {
    const inside = await (await call('/api/v1/load-balancer/status')).json();
    expect(inside).toMatchObject({ instance_id: 'lucid-api-gateway-1' });
    expect((inside as { upstreams: { service: string; instances: number }[] }).upstreams).toContainEqual(
      expect.objectContaining({ service: 'lucid-session-recorder', instances: 1 }),
    );
    expect((await call('/metrics')).status).toBe(200);
    for (const path of ['/metrics', '/api/v1/load-balancer/status']) {
      const outside = await fetch(running.gateway.outsideUrl + path);
      expect([outside.status, (await errorOf(outside)).code]).toEqual([404, 'LUCID_ERR_4001']);
    }
    expect((await fetch(`${running.gateway.outsideUrl}/health`)).status).toBe(200);
    expect((await fetch(`${running.gateway.outsideUrl}/api/v1/meta/info`)).status).toBe(200);
  });

  it('answer with security headers, also when they refuse', async () => {
    for (const path of ['/health', '/nowhere', '/api/v1/sessions']) {
      const { headers } = await call(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});

describe('pages of other origins', () => {
  const ask = (origin: string) =>
    call('/api/v1/sessions', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('may call when they are listed', async () => {
    const response = await ask('https://app.example.org');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    const plain = await call('/api/v1/meta/info', { headers: { origin: 'https://app.example.org' } });
    expect(plain.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
    expect(plain.headers.get('vary')).toBe('origin');
  });

  it('may not otherwise', async () => {
    const response = await ask('https://evil.example.org');
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});
