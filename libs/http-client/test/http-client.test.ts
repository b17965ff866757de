import { Readable } from 'node:stream';
import { commonErrors } from '@lucid/errors';
import { describe, expect, it, vi } from 'vitest';
import { answer, clientAndServers, ok } from './client-and-servers.ts';
import { BASE_URL, deadAddress } from './helpers.ts';

const { UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT, UNAVAILABLE } = commonErrors;
const setup = clientAndServers();

describe('a call', () => {
  it('brings method, path, headers and body there and the answer back', async () => {
    const [server] = await setup.serve(async (request, response) => {
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
    setup.useClient({ credentials });
    await setup.serve((request, response) => void response.end(request.headers.authorization ?? 'none'));
    const read = async (more = {}) => (await setup.get('/', more)).body.text();
    expect(await read()).toBe('Bearer token-for-lucid-x');
    expect(await read({ withoutCredentials: true })).toBe('none');
    expect(await read({ headers: { Authorization: 'Bearer mine' } })).toBe('Bearer mine');
  });

  it('reads bodies as bytes, text, buffers and nothing', async () => {
    await setup.serve((_request, response) => void response.end('12345'));
    expect([...(await (await setup.get()).body.bytes())]).toEqual([49, 50, 51, 52, 53]);
    expect((await (await setup.get()).body.arrayBuffer()).byteLength).toBe(5);
    const { body } = await setup.get();
    await body.dump();
    await expect(body.text()).rejects.toThrow('read already');
  });

  it('keeps the connection after HEAD and after bodies nobody had', async () => {
    const [server] = await setup.serve(answer(204));
    for (let call = 0; call < 5; call++) {
      const { status, body } = await setup.client.request({
        baseUrl: BASE_URL,
        method: 'HEAD',
        path: '/',
      });
      expect(status).toBe(204);
      await body.dump();
    }
    expect(server?.requests).toHaveLength(5);
    expect(server?.sockets.size).toBeLessThanOrEqual(2); // the one just used is not free at once
  });

  it('tells the caller of its own mistakes and does not blame the upstream', async () => {
    await setup.serve(ok);
    for (let call = 0; call < 6; call++)
      await expect(setup.get('no-slash')).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
    expect(setup.client.upstreams()).toMatchObject([{ circuit: 'closed', consecutive_failures: 0 }]);
    expect(await setup.outcome()).toBe(200);
  });

  it('is refused after close', async () => {
    await setup.serve(ok);
    await setup.client.close();
    expect(await setup.outcome()).toBe(UNAVAILABLE.code);
  });
});

describe('balancing', () => {
  it('reaches every instance, new ones too, and closes connections to those that left', async () => {
    const [first, second, third] = await setup.serve(ok, ok, ok);
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
    const [first, second] = await setup.serve((_request, response) => {
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
    const [first, second] = await setup.serve(ok, ok);
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
    const [server] = await setup.serve(ok);
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

describe('deadlines', () => {
  it('end a call whose answer does not begin in time, and let a begun one go on', async () => {
    await setup.serve((request, response) => {
      if (request.url === '/never') return;
      response.write('begun ');
      setTimeout(() => response.end('and ended'), 150);
    });
    const error = await setup.get('/never', { timeoutMs: 50 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: UPSTREAM_TIMEOUT.code, status: 504 });
    expect(await (await setup.get('/slow', { timeoutMs: 50 })).body.text()).toBe('begun and ended');
  });

  it('cover the search for the service', async () => {
    await setup.serve(ok);
    setup.discovery.resolve = () => new Promise(() => undefined);
    expect(await setup.outcome('/', { timeoutMs: 50 })).toBe(UPSTREAM_TIMEOUT.code);
    expect(await setup.outcome('/', { timeoutMs: 50, address: 'lucid-x-1:80' })).toBe(UPSTREAM_TIMEOUT.code);
    await expect(setup.get('/', { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow(
      'no more',
    );
  });

  it('cover the wait for a free connection', async () => {
    setup.useClient({ maxConnections: 1 });
    const [server] = await setup.serve(() => undefined);
    const first = setup.outcome('/', { timeoutMs: 200 });
    expect(await setup.outcome('/', { timeoutMs: 50 })).toBe(UPSTREAM_TIMEOUT.code);
    expect(await first).toBe(UPSTREAM_TIMEOUT.code);
    await vi.waitFor(() => expect(server?.sockets.size).toBe(0));
    expect(server?.requests).toHaveLength(1);
  });
});
