import { once } from 'node:events';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { commonErrors } from '@lucid/errors';
import { Registry } from '@lucid/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aClient, BASE_URL, deadAddress, TestServer } from './helpers.ts';

const { UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT, UPSTREAM_FAILED, BREAKER_OPEN, UNAVAILABLE } = commonErrors;

let servers: TestServer[];
let setup: ReturnType<typeof aClient>;
beforeEach(() => {
  servers = [];
  setup = aClient();
});
afterEach(async () => {
  await setup.client.close();
  await Promise.all(servers.map((server) => server.stop()));
});

async function serve(...listeners: ConstructorParameters<typeof TestServer>[0][]): Promise<TestServer[]> {
  servers = await Promise.all(listeners.map((listener) => new TestServer(listener).start()));
  setup.discovery.addresses = servers.map(({ address }) => address);
  return servers;
}
const ok: ConstructorParameters<typeof TestServer>[0] = (request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ok: true }));
};
const answer =
  (status: number): typeof ok =>
  (request, response) => {
    request.resume();
    response.writeHead(status).end();
  };
const dropping: typeof ok = (request) => void request.socket.destroy();

describe('a call', () => {
  it('brings method, path, headers and body there and the answer back', async () => {
    const [server] = await serve(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const { method, url, headers } = request;
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.writeHead(201).end(JSON.stringify({ method, url, headers, body }));
    });
    const response = await setup.client.request({
      baseUrl: `${BASE_URL}/api/v1/`,
      method: 'POST',
      path: '/things?limit=1',
      headers: { 'Content-Type': 'text/plain', connection: 'close', host: 'evil', te: 'trailers' },
      body: 'hello',
      requestId: 'request-1',
    });
    expect(response).toMatchObject({ status: 201, address: server?.key });
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    const seen = (await response.body.json()) as { headers: Record<string, string> };
    expect(seen).toMatchObject({ method: 'POST', url: '/api/v1/things?limit=1', body: 'hello' });
    expect(seen.headers).toEqual({
      host: 'lucid-x:8084',
      connection: 'keep-alive',
      'content-type': 'text/plain',
      'content-length': '5',
      'x-request-id': 'request-1',
    });
  });

  it('carries a service token for the target unless told otherwise', async () => {
    const credentials = { tokenFor: (target: string) => `token-for-${target}` };
    setup = aClient({ credentials });
    await serve((request, response) => void response.end(request.headers.authorization ?? 'none'));
    const read = async (more = {}) => (await setup.get('/', more)).body.text();
    expect(await read()).toBe('Bearer token-for-lucid-x');
    expect(await read({ withoutCredentials: true })).toBe('none');
    expect(await read({ headers: { Authorization: 'Bearer mine' } })).toBe('Bearer mine');
  });

  it('reads bodies as bytes, text, buffers and nothing', async () => {
    await serve((_request, response) => void response.end('12345'));
    expect([...(await (await setup.get()).body.bytes())]).toEqual([49, 50, 51, 52, 53]);
    expect((await (await setup.get()).body.arrayBuffer()).byteLength).toBe(5);
    const { body } = await setup.get();
    await body.dump();
    await expect(body.text()).rejects.toThrow('read already');
  });

  it('keeps the connection after HEAD and after bodies nobody had', async () => {
    const [server] = await serve(answer(204));
    for (let call = 0; call < 5; call++) {
      const { status, body } = await setup.client.request({ baseUrl: BASE_URL, method: 'HEAD', path: '/' });
      expect(status).toBe(204);
      await body.dump();
    }
    expect(server?.requests).toHaveLength(5);
    expect(server?.sockets.size).toBeLessThanOrEqual(2); // the one just used is not free at once
  });

  it('tells the caller of its own mistakes and does not blame the upstream', async () => {
    await serve(ok);
    for (let call = 0; call < 6; call++)
      await expect(setup.get('no-slash')).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'closed', consecutive_failures: 0 }]);
    expect(await setup.outcome()).toBe(200);
  });

  it('is refused after close', async () => {
    await serve(ok);
    await setup.client.close();
    expect(await setup.outcome()).toBe(UNAVAILABLE.code);
  });
});

describe('balancing', () => {
  it('reaches every instance, new ones too, and closes connections to those that left', async () => {
    const [first, second, third] = await serve(ok, ok, ok);
    if (!first || !second || !third) return;
    setup.discovery.addresses = [first.address, second.address];
    for (let call = 0; call < 40; call++) await setup.outcome();
    expect(first.requests.length).toBeGreaterThan(5);
    expect(second.requests.length).toBeGreaterThan(5);
    setup.discovery.addresses = [second.address, third.address];
    for (let call = 0; call < 40; call++) await setup.outcome();
    expect(third.requests.length).toBeGreaterThan(5);
    await vi.waitFor(() => expect(first.sockets.size).toBe(0));
    expect(setup.client.upstreams()).toMatchObject([{ service: 'lucid-x', instances: 2 }]);
  });

  it('lets running exchanges with an instance that left come to their end', async () => {
    let finish = () => undefined as unknown;
    const [first, second] = await serve((_request, response) => {
      response.write('one ');
      finish = () => response.end('two');
    }, ok);
    if (!first || !second) return;
    setup.discovery.addresses = [first.address];
    const { body } = await setup.get();
    setup.discovery.addresses = [second.address];
    expect(await setup.outcome()).toBe(200);
    finish();
    expect(await body.text()).toBe('one two');
    await vi.waitFor(() => expect(first.sockets.size).toBe(0));
  });

  it('sends calls with one key to one instance and pinned calls where they are pinned', async () => {
    const [first, second] = await serve(ok, ok);
    const addresses = new Set<string>();
    for (let call = 0; call < 20; call++) {
      const { address, body } = await setup.get('/', { hashKey: 'session-1' });
      await body.dump();
      addresses.add(address);
    }
    expect(addresses.size).toBe(1);
    setup.discovery.addresses = [first?.address ?? { host: '', port: 0 }];
    const { address, body } = await setup.get('/', { address: second?.key });
    await body.dump();
    expect(address).toBe(second?.key);
    expect(await setup.outcome('/', { address: 'not an address' })).toBe(UPSTREAM_UNREACHABLE.code);
  });

  it('passes over an instance that refuses connections, whatever the method', async () => {
    const [server] = await serve(ok);
    if (!server) return;
    setup.discovery.addresses = [await deadAddress(), server.address, await deadAddress()];
    const post = () => setup.client.request({ baseUrl: BASE_URL, method: 'POST', path: '/', body: 'x' });
    for (let call = 0; call < 50; call++) {
      const { status, body } = await post();
      await body.dump();
      expect(status).toBe(200);
    }
    const stream = Readable.from(['streamed']);
    setup.clock.skip(5000); // forget who refused
    const streamed = await setup.client.request({
      baseUrl: BASE_URL,
      method: 'PATCH',
      path: '/',
      body: stream,
    });
    expect(streamed.status).toBe(200);
    await streamed.body.dump();
  });
});

describe('retries', () => {
  it('repeat what does no harm twice, on another instance, and give the last answer when all fail', async () => {
    const [bad, worse, good] = await serve(answer(503), dropping, ok);
    if (!bad || !worse || !good) return;
    for (let call = 0; call < 10; call++) expect(await setup.outcome()).toBe(200);
    setup.discovery.addresses = [bad.address];
    const before = bad.requests.length;
    expect(await setup.outcome()).toBe(503);
    expect(bad.requests.length - before).toBe(3);
  });

  it('do not repeat what may have been done, nor definite answers', async () => {
    const [server] = await serve(dropping);
    const post = (more = {}) =>
      setup.client.request({ baseUrl: BASE_URL, method: 'POST', path: '/', body: 'x', ...more });
    await expect(post()).rejects.toMatchObject({ code: UPSTREAM_UNREACHABLE.code });
    expect(server?.requests).toHaveLength(1);
    await expect(post({ idempotent: true })).rejects.toMatchObject({ code: UPSTREAM_UNREACHABLE.code });
    expect(server?.requests).toHaveLength(4);
    const [definite] = await serve(answer(500));
    expect(await setup.outcome()).toBe(500);
    expect(definite?.requests).toHaveLength(1);
    await server?.stop();
  });

  it('stop when the budget is used up', async () => {
    const [server] = await serve(answer(404));
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
    const [server] = await serve(ok);
    for (let round = 0; round < 20; round++) {
      expect(await setup.outcome()).toBe(200);
      setup.clock.skip(10_000); // a new budget
      for (const socket of server?.sockets ?? []) socket.destroy();
      expect(await setup.outcome()).toBe(200);
    }
  });
});

describe('deadlines', () => {
  it('end a call whose answer does not begin in time, and let a begun one go on', async () => {
    await serve((request, response) => {
      if (request.url === '/never') return;
      response.write('begun ');
      setTimeout(() => response.end('and ended'), 150);
    });
    const error = await setup.get('/never', { timeoutMs: 50 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: UPSTREAM_TIMEOUT.code, status: 504 });
    expect(await (await setup.get('/slow', { timeoutMs: 50 })).body.text()).toBe('begun and ended');
  });

  it('cover the search for the service', async () => {
    await serve(ok);
    setup.discovery.resolve = () => new Promise(() => undefined);
    expect(await setup.outcome('/', { timeoutMs: 50 })).toBe(UPSTREAM_TIMEOUT.code);
    expect(await setup.outcome('/', { timeoutMs: 50, address: 'lucid-x-1:80' })).toBe(UPSTREAM_TIMEOUT.code);
    await expect(setup.get('/', { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow(
      'no more',
    );
  });

  it('cover the wait for a free connection', async () => {
    setup = aClient({ maxConnections: 1 });
    const [server] = await serve(() => undefined);
    const first = setup.outcome('/', { timeoutMs: 200 });
    expect(await setup.outcome('/', { timeoutMs: 50 })).toBe(UPSTREAM_TIMEOUT.code);
    expect(await first).toBe(UPSTREAM_TIMEOUT.code);
    await vi.waitFor(() => expect(server?.sockets.size).toBe(0));
    expect(server?.requests).toHaveLength(1);
  });
});

describe('the breaker', () => {
  it('opens when the upstream dies, refuses at once, and recovers with it', async () => {
    const changes: string[] = [];
    const registry = new Registry();
    setup = aClient({
      registry,
      onBreakerChange: ({ service, from, to }) => changes.push(`${service} ${from} ${to}`),
    });
    const [server] = await serve(ok);
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
    servers.push(await new TestServer(ok).start(port));
    setup.clock.skip(1000);
    expect(await setup.outcome()).toBe(200);
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'half_open', consecutive_failures: 5 }]);
    expect(await setup.outcome()).toBe(200);
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'closed', consecutive_failures: 0 }]);
    expect(changes).toEqual(['lucid-x closed open', 'lucid-x open half_open', 'lucid-x half_open closed']);
  });

  it('does not count refusals, definite answers and callers who gave up', async () => {
    await serve((request, response) => {
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
    await serve(ok);
    const dead = await deadAddress();
    const address = `${dead.host}:${dead.port}`;
    for (let call = 0; call < 5; call++)
      expect(await setup.outcome('/', { address })).toBe(UPSTREAM_UNREACHABLE.code);
    expect(await setup.outcome('/', { address })).toBe(BREAKER_OPEN.code);
    expect(await setup.outcome()).toBe(200);
  });
});
