import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { bearer } from './support/tokens.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

const start = async (environment: Record<string, string> = {}) => {
  gateway = await startGateway({
    RATE_LIMIT_ENABLED: 'true',
    RATE_LIMIT_PUBLIC_REQ_PER_MIN: '100',
    RATE_LIMIT_AUTH_REQ_PER_MIN: '7',
    RATE_LIMIT_ADMIN_REQ_PER_MIN: '12',
    ...environment,
  });
};
const call = (path: string, init: RequestInit = {}) => fetch(gateway.url + path, init);
const statuses = async (count: number, ask: () => Promise<Response>) => {
  const found: number[] = [];
  for (let index = 0; index < count; index++) found.push((await ask()).status);
  return found;
};

describe('limits', () => {
  it('refuse the 101st anonymous call within a minute, and say when to come back', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 101 }, () => call('/api/v1/meta/info')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    const [refused] = answers.filter(({ status }) => status === 429);
    expect(refused?.headers.get('x-ratelimit-limit')).toBe('100');
    expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(50);
    const reset = Number(refused?.headers.get('x-ratelimit-reset'));
    expect(Math.abs(reset - Date.now() / 1000 - 60)).toBeLessThan(8);
    expect(await refused?.json()).toMatchObject({ error: { code: 'LUCID_ERR_3001' } });
    expect(await gateway.metrics()).toContain('lucid_rate_limit_hits_total{tier="public"} 1');
  });

  it('count unknown paths and bad tokens for the address', async () => {
    await start({ RATE_LIMIT_PUBLIC_REQ_PER_MIN: '6' });
    const forged = await bearer({ forged: true });
    expect(await statuses(3, () => call('/nowhere'))).toEqual([404, 404, 404]);
    expect(await statuses(3, () => call('/api/v1/sessions', { headers: forged }))).toEqual([401, 401, 401]);
    expect(await statuses(2, () => call('/api/v1/sessions', { headers: forged }))).toEqual([429, 429]);
    expect((await call('/api/v1/sessions', { headers: await bearer() })).status).toBe(200);
    expect((await call('/health')).status).toBe(200);
  });

  it('are each user’s own, higher for admins, wherever they call from', async () => {
    await start({ TRUSTED_PROXY_HOPS: '1' });
    const as = async (userId: string, role = 'user') => {
      const headers = { ...(await bearer({ userId, role })), 'x-forwarded-for': '203.0.113.1' };
      return () => call('/api/v1/sessions', { headers });
    };
    const one = await as('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
    const two = await as('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
    const admin = await as('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'admin');
    expect((await statuses(8, one)).filter((status) => status === 429)).toHaveLength(1);
    expect((await statuses(7, two)).filter((status) => status === 429)).toHaveLength(0);
    expect((await statuses(13, admin)).filter((status) => status === 429)).toHaveLength(1);
  });

  it('believe only as many proxies as there are', async () => {
    await start({ RATE_LIMIT_PUBLIC_REQ_PER_MIN: '2', TRUSTED_PROXY_HOPS: '1' });
    const from = (chain: string) => () =>
      call('/api/v1/meta/info', { headers: { 'x-forwarded-for': chain } });
    expect(await statuses(3, from('203.0.113.1'))).toEqual([200, 200, 429]);
    expect(await statuses(1, from('198.51.100.1, 203.0.113.1'))).toEqual([429]);
    expect(await statuses(1, from('203.0.113.2'))).toEqual([200]);
  });

  it('block logins from one address to one account, and no others', async () => {
    await start({ LOGIN_RATE_LIMIT_PER_MIN: '3' });
    const login = (email: string) => () =>
      call('/api/v1/auth/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: 'x' }),
      });
    expect(await statuses(4, login('a@example.org'))).toEqual([200, 200, 200, 429]);
    const blocked = await login('A@example.org')();
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(290);
    expect(await statuses(1, login('b@example.org'))).toEqual([200]);
    expect(gateway.upstream('lucid-auth-service').seen).toHaveLength(4);
  });
});
