import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import dnsPacket, { type Packet } from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AddressPlan, dnsEndpoint } from '../src/engines/process/address-plan.ts';
import {
  answer,
  type NameTable,
  TTL_SECONDS,
  truncated,
  udpLimitBytes,
} from '../src/engines/process/dns-answers.ts';
import type { DnsServer } from '../src/engines/process/dns-server.ts';
import { foundNames } from '../src/engines/process/found-names.ts';
import { claimLoopback } from '../src/engines/process/loopback.ts';

const ready = (count: number, service = 'lucid-recorder') =>
  Array.from({ length: count }, (_, at) => ({
    id: `${service}-${at + 1}`,
    names: new Set([service]),
    host: `127.20.5.${at + 1}`,
    port: 8084 + at,
  }));
const table: NameTable = { services: ['lucid-recorder', 'lucid-idle'], found: ready(3) };
const ask = (name: string, type: 'A' | 'AAAA' | 'SRV' = 'A'): Packet => ({
  type: 'query',
  id: 7,
  questions: [{ type, name }],
});
const code = (packet: Packet) => (packet.flags ?? 0) & 15;
const data = (packet: Packet) =>
  (packet.answers ?? []).map((each) => ('data' in each ? each.data : undefined));

describe('an answer', () => {
  it('lists every ready instance, each time starting with another', () => {
    expect(data(answer(ask('lucid-recorder'), table))).toEqual(['127.20.5.1', '127.20.5.2', '127.20.5.3']);
    expect(data(answer(ask('LUCID-Recorder'), table, 4))).toEqual(['127.20.5.2', '127.20.5.3', '127.20.5.1']);
  });

  it('is forgotten after a second', () => {
    const [first] = answer(ask('lucid-recorder'), table).answers ?? [];
    expect(first && 'ttl' in first && first.ttl).toBe(TTL_SECONDS);
    expect(TTL_SECONDS).toBe(1);
  });

  it('tells ports by SRV, with the addresses of the instances beside', () => {
    const reply = answer(ask('_http._tcp.lucid-recorder', 'SRV'), table);
    expect(data(reply)[1]).toMatchObject({ port: 8085, target: 'lucid-recorder-2' });
    expect(reply.additionals).toHaveLength(3);
    expect(data(answer(ask('lucid-recorder-2'), table))).toEqual(['127.20.5.2']);
  });

  it('tells an unknown name from a known one with nobody ready', () => {
    expect(code(answer(ask('lucid-ghost'), table))).toBe(3);
    expect(code(answer(ask('example.com'), table))).toBe(3);
    expect(code(answer(ask('_http._tcp.lucid-ghost', 'SRV'), table))).toBe(3);
    const idle = answer(ask('lucid-idle'), table);
    expect([code(idle), data(idle)]).toEqual([0, []]);
    const six = answer(ask('lucid-recorder', 'AAAA'), table);
    expect([code(six), data(six)]).toEqual([0, []]);
  });

  it('leads by a shared name to all who bear it, and by its own name to one', () => {
    const validators = [1, 2].map((number) => ({
      id: `lucid-validator-${number}-1`,
      names: new Set([`lucid-validator-${number}`, 'lucid-engine']),
      host: `127.20.9.${number}`,
      port: 8084,
    }));
    const shared: NameTable = {
      services: ['lucid-engine', 'lucid-validator-1', 'lucid-validator-2'],
      found: validators,
    };
    expect(data(answer(ask('lucid-engine'), shared))).toEqual(['127.20.9.1', '127.20.9.2']);
    expect(data(answer(ask('lucid-validator-2'), shared))).toEqual(['127.20.9.2']);
    expect(data(answer(ask('_http._tcp.lucid-engine', 'SRV'), shared))).toHaveLength(2);
  });

  it('that is too long for UDP says so', () => {
    const query = ask('lucid-recorder');
    expect(udpLimitBytes(query)).toBe(512);
    const short = truncated(answer(query, table));
    expect(((short.flags ?? 0) >> 9) & 1).toBe(1);
    expect(short.answers).toEqual([]);
  });
});

describe('an instance', () => {
  const replica = { name: 'lucid-recorder', aliases: ['lucid-taker'], standsFor: undefined };
  const validator = { name: 'lucid-validator-1', aliases: ['lucid-engine'], standsFor: 'lucid-engine' };

  it('is found by all its names while it is ready, and by none before and after', () => {
    expect([...foundNames(replica, 'ready')]).toEqual(['lucid-recorder', 'lucid-taker']);
    for (const state of [
      'planned',
      'starting',
      'unready',
      'backoff',
      'stopping',
      'stopped',
      'failed',
    ] as const)
      expect([...foundNames(replica, state)]).toEqual([]);
  });

  it('of a validator is found by its peers though it is not ready, and by nobody else', () => {
    expect([...foundNames(validator, 'ready')]).toEqual(['lucid-validator-1', 'lucid-engine']);
    expect([...foundNames(validator, 'unready')]).toEqual(['lucid-validator-1']);
    expect([...foundNames(validator, 'stopping')]).toEqual([]);
  });
});

describe('the name server', () => {
  let dns: DnsServer;
  let resolver: Resolver;
  beforeAll(async () => {
    dns = (await claimLoopback()).dns;
    resolver = new Resolver({ timeout: 1_000, tries: 2 });
    resolver.setServers([`${dns.endpoint.host}:${dns.endpoint.port}`]);
  });
  afterAll(() => dns.close());

  it('answers the resolver every service uses', async () => {
    dns.update(table);
    expect((await resolver.resolve4('lucid-recorder')).toSorted()).toEqual([
      '127.20.5.1',
      '127.20.5.2',
      '127.20.5.3',
    ]);
    expect(
      (await resolver.resolveSrv('_http._tcp.lucid-recorder')).map((record) => record.port).toSorted(),
    ).toEqual([8084, 8085, 8086]);
    await expect(resolver.resolve4('lucid-ghost')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve4('lucid-idle')).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('gives a hundred instances too, over TCP', async () => {
    dns.update({ services: ['lucid-recorder'], found: ready(100) });
    expect(await resolver.resolve4('lucid-recorder')).toHaveLength(100);
  });

  it('survives what is no DNS', async () => {
    dns.update(table);
    const socket = connect(dns.endpoint.port, dns.endpoint.host);
    socket.end(Buffer.from([0, 3, 1, 2, 3]));
    await new Promise((resolve) => socket.on('close', resolve).on('error', resolve).resume());
    expect(await resolver.resolve4('lucid-recorder')).toHaveLength(3);
  });

  it('leaves its range to itself: the next engine gets another', async () => {
    const second = await claimLoopback();
    expect(second.dns.endpoint).not.toEqual(dns.endpoint);
    const single = await claimLoopback('ports');
    expect(single.plan.mode).toBe('ports');
    await Promise.all([second.dns.close(), single.dns.close()]);
  });

  it('is in no range where a port is taken, as by children of a killed engine that are still draining', async () => {
    const portsIn = (plan: AddressPlan) => [{ ...dnsEndpoint(plan), port: 9_801, forWhom: 'a service' }];
    const before = await claimLoopback('subnet', portsIn);
    await before.dns.close();
    const [left] = portsIn(before.plan);
    const child = createServer().listen(left?.port, left?.host);
    await once(child, 'listening');
    const next = await claimLoopback('subnet', portsIn);
    expect(next.plan).not.toEqual(before.plan);
    await next.dns.close();
    child.close();
  });

  it('encodes what it decodes', () => {
    const reply = answer(ask('lucid-recorder'), table);
    expect(data(dnsPacket.decode(dnsPacket.encode(reply)))).toEqual(data(reply));
  });
});
