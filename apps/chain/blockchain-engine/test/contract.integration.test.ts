import { blockchainEngine, type Endpoint } from '@lucid/contracts';
import type { Block } from '@lucid/ledger';
import { describe, expect, test } from 'vitest';
import { GROUP_LIMITS, limitGroupOf } from '../src/domain/rate-limits.ts';
import { servedEngine, UNKNOWN } from './served-engine.ts';
import { NODE_ID } from './support.ts';

const engine = servedEngine('contract');
const { call, get, maker, post, tick } = engine;

const guarded = Object.entries<Endpoint>(blockchainEngine.endpoints).filter(
  ([, { access }]) => access !== 'public' && access !== 'open',
);

describe.each(guarded)('%s', (_name, { method, path }) => {
  const url = path.replace(/:height|:leaf_index/g, '0').replace(/:[a-z_]+/g, UNKNOWN);

  test('answers 401 without a token and to a forged one, before it looks at anything else', async () => {
    for (const who of ['nobody', 'forger'] as const)
      expect((await call(who, method, url, method === 'POST' ? '{"not":"it"' : undefined)).status).toBe(401);
  });

  test('answers 403 to a service that the topology does not let call', async () => {
    expect((await call('stranger', method, url)).code).toBe('LUCID_ERR_2020');
  });
});

test('what is for services is not for users, and what is for admins is not for them either', async () => {
  const tx = maker.plain();
  expect((await post('/transactions', tx, 'user')).status).toBe(403);
  expect((await post('/merkle/build', {}, 'user')).status).toBe(403);
  expect((await post('/blocks/validate', {}, 'user')).status).toBe(403);
  expect((await get('/transactions', 'user')).status).toBe(200);
});

test('anyone may ask what chain this is and whether it grows', async () => {
  const info = await call('nobody', 'GET', '/api/v1/blockchain/info');
  expect(info).toMatchObject({
    status: 200,
    body: { network_name: 'lucid_blocks', consensus_algorithm: 'PoOT', difficulty: 1 },
  });
  const status = await call('nobody', 'GET', '/api/v1/blockchain/status');
  expect(status).toMatchObject({ status: 200, body: { status: 'healthy', sync_percentage: 100 } });
  expect(await get('/consensus/status')).toMatchObject({
    body: { mode: 'bootstrap', leader: NODE_ID, status: 'active' },
  });
});

describe('the other prefix', () => {
  const aliases = Object.entries<Endpoint>(blockchainEngine.endpoints).filter(([name]) =>
    name.endsWith('Alias'),
  );

  test('answers everything that the first one answers, with the same words', async () => {
    expect(aliases.map(([, { path }]) => path).toSorted()).toEqual([
      '/api/v1/chain/height',
      '/api/v1/chain/info',
      '/api/v1/chain/status',
    ]);
    for (const [, { path }] of aliases) {
      const alias = path.replace('/api/v1', '');
      const [one, other] = [await get(alias), await get(alias.replace('/chain/', '/blockchain/'))];
      expect([alias, one.status, one.body]).toEqual([alias, 200, other.body]);
    }
  });

  test('says height and time of the newest block to anyone', async () => {
    await tick();
    const { header } = (await get<Block>('/blocks/latest')).body;
    const { body } = await get('/chain/height', 'nobody');
    expect(body).toEqual({ height: header.height, timestamp: header.timestamp });
  });
});

describe('limits per group', () => {
  test('know every path of the contract', () => {
    for (const { path } of Object.values<Endpoint>(blockchainEngine.endpoints))
      expect([path, limitGroupOf(path)]).not.toEqual([path, undefined]);
    expect(limitGroupOf('/health')).toBeUndefined();
    expect(limitGroupOf('/api/v1/blocksandmore')).toBeUndefined();
  });

  test('hold a user back after the burst, say for how long, and nobody else', async () => {
    const fresh = await engine.freshApp();
    const ask = (headers: Record<string, string>) =>
      fresh.inject({ method: 'GET', url: '/api/v1/transactions?limit=1', headers });
    const user = await engine.headersOf('user');
    const { burst } = GROUP_LIMITS.transactions;
    for (let n = 0; n < burst; n++) expect([n, (await ask(user)).statusCode]).toEqual([n, 200]);
    const refused = await ask(user);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(
      (await ask(await engine.headersOf('user', '00000000-0000-4000-8000-00000000000b'))).statusCode,
    ).toBe(200);
    expect((await ask(await engine.headersOf('service'))).statusCode).toBe(200);
    const other = await fresh.inject({ method: 'GET', url: '/api/v1/blocks?limit=1', headers: user });
    expect(other.statusCode).toBe(200);
    await fresh.close();
  });
});
