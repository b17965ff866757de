import { once } from 'node:events';
import { createServer } from 'node:net';
import { commonErrors } from '@lucid/errors';
import { Registry } from '@lucid/metrics';
import { describe, expect, it } from 'vitest';
import { answer, clientAndServers, dropping, ok } from './client-and-servers.ts';
import { BASE_URL, deadAddress, TestServer } from './helpers.ts';

const { UPSTREAM_UNREACHABLE, UPSTREAM_FAILED, BREAKER_OPEN } = commonErrors;
const setup = clientAndServers();

describe('retries', () => {
  it('repeat what does no harm twice, on another instance, and give the last answer when all fail', async () => {
    const [bad, worse, good] = await setup.serve(answer(503), dropping, ok);
    if (!bad || !worse || !good) return;
    for (let call = 0; call < 10; call++) expect(await setup.outcome()).toBe(200);
    setup.discovery.addresses = [bad.address];
    const before = bad.requests.length;
    expect(await setup.outcome()).toBe(503);
    expect(bad.requests.length - before).toBe(3);
  });

  it('do not repeat what may have been done, nor definite answers', async () => {
    const [server] = await setup.serve(dropping);
    const post = (more = {}) =>
      setup.client.request({ baseUrl: BASE_URL, method: 'POST', path: '/', body: 'x', ...more });
    await expect(post()).rejects.toMatchObject({ code: UPSTREAM_UNREACHABLE.code });
    expect(server?.requests).toHaveLength(1);
    await expect(post({ idempotent: true })).rejects.toMatchObject({ code: UPSTREAM_UNREACHABLE.code });
    expect(server?.requests).toHaveLength(4);
    const [definite] = await setup.serve(answer(500));
    expect(await setup.outcome()).toBe(500);
    expect(definite?.requests).toHaveLength(1);
    await server?.stop();
  });

  it('stop when the budget is used up', async () => {
    const [server] = await setup.serve(answer(404));
    server?.server.removeAllListeners('request');
    let calls = 0;
    server?.server.on('request', (_request, response) => {
      calls++;
      response.writeHead(calls % 2 === 0 ? 200 : 503).end(); // never five failures in a row
    });
    const statuses = [];
    for (let call = 0; call < 30; call++) statuses.push(await setup.outcome());
    expect(calls).toBe(40); // 30 calls and the 10 retries that are always allowed
    expect(statuses).toContain(503);
  });

  it('hide a kept connection that the server closed meanwhile', async () => {
    const [server] = await setup.serve(ok);
    for (let round = 0; round < 20; round++) {
      expect(await setup.outcome()).toBe(200);
      setup.clock.skip(10_000); // a new budget
      for (const socket of server?.sockets ?? []) socket.destroy();
      expect(await setup.outcome()).toBe(200);
    }
  });
});

describe('the breaker', () => {
  it('opens when the upstream dies, refuses at once, and recovers with it', async () => {
    const changes: string[] = [];
    const registry = new Registry();
    setup.useClient({
      registry,
      onBreakerChange: ({ service, from, to }) => changes.push(`${service} ${from} ${to}`),
    });
    const [server] = await setup.serve(ok);
    if (!server) return;
    const { port } = server.address;
    expect(await setup.outcome()).toBe(200);
    await server.stop();
    for (let call = 0; call < 5; call++) expect(await setup.outcome()).toBe(UPSTREAM_UNREACHABLE.code);
    const refused = await setup.get().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: BREAKER_OPEN.code, status: 503, headers: { 'retry-after': '1' } });
    const printed = await registry.metrics();
    expect(printed).toContain('upstream_requests_total{upstream="lucid-x",outcome="unreachable"} 5');
    expect(printed).toContain('upstream_requests_total{upstream="lucid-x",outcome="breaker_open"} 1');
    expect(printed).toContain('upstream_requests_total{upstream="lucid-x",outcome="2xx"} 1');
    expect(printed).toContain('circuit_state{upstream="lucid-x"} 2');
    setup.servers.push(await new TestServer(ok).start(port));
    setup.clock.skip(1000);
    expect(await setup.outcome()).toBe(200);
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'half_open', consecutive_failures: 5 }]);
    expect(await setup.outcome()).toBe(200);
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'closed', consecutive_failures: 0 }]);
    expect(changes).toEqual(['lucid-x closed open', 'lucid-x open half_open', 'lucid-x half_open closed']);
  });

  it('does not count refusals, definite answers and callers who gave up', async () => {
    await setup.serve((request, response) => {
      if (request.url === '/never') return;
      response.writeHead(Number(request.url?.slice(1))).end();
    });
    for (const status of [400, 401, 404, 409, 421, 429, 501, 507])
      expect(await setup.outcome(`/${status}`)).toBe(status);
    for (let call = 0; call < 6; call++)
      await expect(setup.get('/never', { signal: AbortSignal.timeout(5) })).rejects.toThrow('timeout');
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'closed', consecutive_failures: 0 }]);
    for (let call = 0; call < 5; call++) await setup.outcome('/500');
    expect(await setup.outcome('/200')).toBe(BREAKER_OPEN.code);
  });

  it('counts names that do not resolve, and nonsense', async () => {
    expect(await setup.outcome()).toBe(UPSTREAM_UNREACHABLE.code);
    const babbler = createServer((socket) => socket.once('data', () => socket.end('hello?\r\n\r\n'))).listen(
      0,
      '127.0.0.1',
    );
    await once(babbler, 'listening');
    setup.discovery.addresses = [babbler.address() as { address: string; port: number }].map(({ port }) => ({
      host: '127.0.0.1',
      port,
    }));
    expect(await setup.outcome()).toBe(UPSTREAM_FAILED.code);
    expect(setup.client.upstreams()).toMatchObject([{ consecutive_failures: 2 }]);
    babbler.close();
  });

  it('judges an instance that calls are pinned to apart from the service', async () => {
    await setup.serve(ok);
    const dead = await deadAddress();
    const address = `${dead.host}:${dead.port}`;
    for (let call = 0; call < 5; call++)
      expect(await setup.outcome('/', { address })).toBe(UPSTREAM_UNREACHABLE.code);
    expect(await setup.outcome('/', { address })).toBe(BREAKER_OPEN.code);
    expect(await setup.outcome()).toBe(200);
  });
});
