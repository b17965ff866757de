import { TestRedis, whyNoRedis } from '@lucid/redis/testing';
import { eventually, freePort } from '@lucid/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { bearer } from './support/tokens.ts';

const missing = whyNoRedis();
const LIMIT = 8;
/** Longer than any machine keeps a Redis that is well from answering: no count depends on how busy it is. */
const PATIENT = { commandTimeoutMs: 10_000 };
let redis: TestRedis;
let gateways: TestGateway[] = [];

/** Two replicas of the gateway over one real Redis. */
async function startReplicas(environment: Record<string, string>, options = PATIENT): Promise<void> {
  redis = await TestRedis.start();
  await startGateways(environment, options);
  await useRedis();
}
async function startGateways(environment: Record<string, string> = {}, options = PATIENT): Promise<void> {
  const settings = {
    RATE_LIMIT_ENABLED: 'true',
    RATE_LIMIT_PUBLIC_REQ_PER_MIN: String(LIMIT),
    REDIS_URI: redis.uri,
    ...environment,
  };
  gateways = [await startGateway(settings, options), await startGateway(settings, options)];
}
const useRedis = () =>
  eventually('both gateways use Redis', async () => {
    const metrics = await Promise.all(gateways.map((gateway) => gateway.metrics()));
    return metrics.every((text) => /^lucid_redis_up 1$/m.test(text));
  });
/** How many commands of a gateway went to Redis and were given up. */
const waited = async (gateway: TestGateway): Promise<number> =>
  Number(/^lucid_redis_fallbacks_total\{reason="failed"\} (\d+)$/m.exec(await gateway.metrics())?.[1] ?? 0);
afterEach(async () => {
  for (const gateway of gateways) await gateway.close();
  gateways = [];
  await redis.close();
});

const call = (at: number, path: string, init: RequestInit = {}) =>
  fetch((gateways[at % gateways.length] as TestGateway).url + path, init);
/** So many calls, to both replicas in turn; how many were answered with each status. */
async function inTurn(count: number, path: string, init: RequestInit = {}): Promise<Record<number, number>> {
  const found: Record<number, number> = {};
  for (let at = 0; at < count; at++) {
    const { status } = await call(at, path, init);
    found[status] = (found[status] ?? 0) + 1;
  }
  return found;
}

describe.skipIf(missing !== undefined)(`two gateways${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('with the same REDIS_URI allow together what one allows, in every tier and for logins', async () => {
    await startReplicas({
      RATE_LIMIT_AUTH_REQ_PER_MIN: '6',
      RATE_LIMIT_ADMIN_REQ_PER_MIN: '10',
      LOGIN_RATE_LIMIT_PER_MIN: '3',
    });
    const login = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'a@example.org', password: 'x' }),
    };
    expect(await inTurn(5, '/api/v1/auth/login', login)).toEqual({ 200: 3, 429: 2 });
    expect(await inTurn(2 * LIMIT, '/api/v1/meta/info')).toEqual({ 200: LIMIT - 5, 429: LIMIT + 5 });
    expect(await inTurn(12, '/api/v1/sessions', { headers: await bearer() })).toEqual({ 200: 6, 429: 6 });
    const admin = await bearer({ role: 'admin', userId: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' });
    expect(await inTurn(20, '/api/v1/sessions', { headers: admin })).toEqual({ 200: 10, 429: 10 });
    const refused = await call(0, '/api/v1/meta/info');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30);
  });

  it('go on when Redis is killed and when it hangs: no call fails, /health is degraded and not 503', async () => {
    await startReplicas({ RATE_LIMIT_PUBLIC_REQ_PER_MIN: '1000' }, { commandTimeoutMs: 300 });
    expect(await inTurn(20, '/api/v1/meta/info')).toEqual({ 200: 20 });
    await useRedis();
    const before = await Promise.all(gateways.map(waited));
    redis.pause();
    expect(await inTurn(20, '/api/v1/meta/info')).toEqual({ 200: 20 });
    const after = await Promise.all(gateways.map(waited));
    // One command in each gateway has waited, nothing else.
    expect(after.map((count, at) => count - (before[at] ?? 0))).toEqual([1, 1]);
    redis.resume();
    await redis.kill();
    expect(await inTurn(20, '/api/v1/meta/info')).toEqual({ 200: 20 });
    await gateways[0]?.refreshHealth();
    const health = await call(0, '/health');
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'degraded', dependencies: { redis: 'unhealthy' } });
    expect((await call(0, '/health/ready')).status).toBe(200);
  });

  it('start and are ready without the Redis of their REDIS_URI, and share once it is there', async () => {
    redis = new TestRedis(await freePort());
    await startGateways();
    expect((await call(0, '/health/ready')).status).toBe(200);
    expect(await inTurn(2 * LIMIT, '/api/v1/meta/info')).toEqual({ 200: 2 * LIMIT });
    await redis.listen();
    await useRedis();
    expect(await inTurn(2 * LIMIT, '/api/v1/meta/info')).toEqual({ 200: LIMIT, 429: LIMIT });
  });
});
