import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { systemClock } from '@lucid/clock';
import { commonErrors, type ServiceError } from '@lucid/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDiscovery, type Discovery } from '../src/index.ts';
import { FakeDnsServer } from './fake-dns-server.ts';

let dns: FakeDnsServer;
let discovery: Discovery;
let failures: ServiceError[];

const open = (record: 'a' | 'srv' = 'a', refreshMs = 20) => {
  discovery = createDiscovery({
    clock: systemClock,
    dnsServers: [dns.address],
    record,
    refreshMs,
    onError: (error) => failures.push(error),
  });
};
const hosts = async (port = 8084) =>
  (await discovery.resolve('lucid-x', port)).map((address) => `${address.host}:${address.port}`);

beforeEach(async () => {
  failures = [];
  dns = new FakeDnsServer();
  await dns.start();
});
afterEach(async () => {
  await discovery.close();
  await dns.stop();
});

describe('discovery by A records', () => {
  it('gives all instances in a stable order, the same array until something changes', async () => {
    open();
    dns.a.set('lucid-x', ['127.20.0.3', '127.20.0.2', '127.20.0.3']);
    expect(await hosts()).toEqual(['127.20.0.2:8084', '127.20.0.3:8084']);
    const first = await discovery.resolve('lucid-x', 8084);
    const asked = dns.questions.length;
    dns.a.set('lucid-x', ['127.20.0.3', '127.20.0.2']);
    await vi.waitFor(() => expect(dns.questions.length).toBeGreaterThan(asked + 2));
    expect(await discovery.resolve('lucid-x', 8084)).toBe(first);
    expect(await hosts(1)).toEqual(['127.20.0.2:1', '127.20.0.3:1']);
  });

  it('sees new instances and loses old ones without being asked to', async () => {
    open();
    dns.a.set('lucid-x', ['127.20.0.2']);
    expect(await hosts()).toEqual(['127.20.0.2:8084']);
    dns.a.set('lucid-x', ['127.20.0.3', '127.20.0.4']);
    await vi.waitFor(async () => expect(await hosts()).toEqual(['127.20.0.3:8084', '127.20.0.4:8084']));
  });

  it('shares one question among concurrent callers and asks again only every refresh', async () => {
    open('a', 10_000);
    dns.a.set('lucid-x', ['127.20.0.2']);
    await Promise.all(Array.from({ length: 100 }, () => hosts()));
    for (let round = 0; round < 100; round++) await hosts();
    expect(dns.questions).toEqual(['A lucid-x']);
  });

  it('rejects a name that never resolved, without a storm of questions, and finds it once it exists', async () => {
    open();
    await expect(hosts()).rejects.toMatchObject({
      code: commonErrors.UPSTREAM_UNREACHABLE.code,
      details: { upstream: 'lucid-x', reason: 'ENOTFOUND' },
    });
    for (let round = 0; round < 200; round++) await hosts().catch(() => undefined);
    expect(dns.questions.length).toBeLessThan(50);
    dns.a.set('lucid-x', ['127.20.0.2']);
    await vi.waitFor(async () => expect(await hosts()).toEqual(['127.20.0.2:8084']));
  });

  it('keeps the last known list when the name vanishes, and reports it once per change', async () => {
    open();
    dns.a.set('lucid-x', ['127.20.0.2']);
    await hosts();
    dns.a.delete('lucid-x');
    await vi.waitFor(() => expect(failures).toHaveLength(1));
    const asked = dns.questions.length;
    await vi.waitFor(() => expect(dns.questions.length).toBeGreaterThan(asked + 3));
    expect(await hosts()).toEqual(['127.20.0.2:8084']);
    expect(failures).toHaveLength(1);
    dns.a.set('lucid-x', ['127.20.0.5']);
    await vi.waitFor(async () => expect(await hosts()).toEqual(['127.20.0.5:8084']));
    dns.a.delete('lucid-x');
    await vi.waitFor(() => expect(failures).toHaveLength(2));
  });

  it('answers at once from what is known while the DNS server is silent', async () => {
    open();
    dns.a.set('lucid-x', ['127.20.0.2']);
    await hosts();
    dns.silent = true;
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 5000 });
    expect(await hosts()).toEqual(['127.20.0.2:8084']); // from memory: no question is ever answered now
    expect(failures[0]?.details).toEqual({ upstream: 'lucid-x', reason: 'ETIMEOUT' });
  });

  it('lets addresses and localhost through', async () => {
    open();
    expect(await discovery.resolve('127.20.0.9', 1)).toEqual([{ host: '127.20.0.9', port: 1 }]);
    expect(await discovery.resolve('[::1]', 2)).toEqual([{ host: '::1', port: 2 }]);
    expect(await discovery.resolve('localhost', 3)).toEqual([{ host: 'localhost', port: 3 }]);
    expect(dns.questions).toEqual([]);
  });

  it('stops asking when closed, even in the middle of a question', async () => {
    open();
    dns.silent = true;
    const pending = hosts().catch((error: unknown) => error);
    await vi.waitFor(() => expect(dns.questions).toHaveLength(1));
    await discovery.close();
    expect(await pending).toMatchObject({ code: commonErrors.UPSTREAM_UNREACHABLE.code });
    expect(failures).toEqual([]);
  });
});

describe('discovery by SRV records', () => {
  it('takes ports from the records and addresses from their targets', async () => {
    open('srv');
    dns.srv.set('_http._tcp.lucid-x', [
      { target: 'lucid-x-1', port: 9001 },
      { target: 'lucid-x-2', port: 9002 },
      { target: 'lucid-x-gone', port: 9003 },
    ]);
    dns.a.set('lucid-x-1', ['127.0.0.1']);
    dns.a.set('lucid-x-2', ['127.0.0.1']);
    expect(await hosts(8084)).toEqual(['127.0.0.1:9001', '127.0.0.1:9002']);
  });
});

describe('discovery by the operating system', () => {
  it('resolves what the machine knows and rejects what it does not', async () => {
    discovery = createDiscovery({ clock: systemClock, dnsServers: [], record: 'a', refreshMs: 20 });
    const error = await discovery.resolve('no-such-name.invalid', 1).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: commonErrors.UPSTREAM_UNREACHABLE.code });
  });
});

describe('lookup', () => {
  const ask = (all: boolean) =>
    new Promise((resolve, reject) =>
      discovery.lookup('lucid-x', { all }, (error, address) => (error ? reject(error) : resolve(address))),
    );

  it('gives one or all addresses, starting at another instance each time', async () => {
    open();
    dns.a.set('lucid-x', ['127.20.0.2', '127.20.0.3']);
    expect(await ask(true)).toEqual([
      { address: '127.20.0.2', family: 4 },
      { address: '127.20.0.3', family: 4 },
    ]);
    expect(await ask(false)).toBe('127.20.0.3');
    expect(await ask(false)).toBe('127.20.0.2');
  });

  it('asks for A records in srv mode too and fails with the resolver’s error', async () => {
    open('srv');
    await expect(ask(true)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(new Set(dns.questions)).toEqual(new Set(['A lucid-x']));
  });

  it('connects sockets by names only our DNS knows', async () => {
    open();
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    dns.a.set('lucid-x', ['127.0.0.1']);
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: 'lucid-x', port, lookup: discovery.lookup });
    const [data] = await once(socket, 'data');
    expect(String(data)).toBe('hello');
    await once(socket, 'close');
    server.close();
  });
});
