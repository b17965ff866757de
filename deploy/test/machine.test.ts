import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { instanceAddress } from '../src/engines/process/address-plan.ts';
import { parseEndpoint, requireFreePorts } from '../src/engines/process/ports.ts';
import { judge, machineFacts, needsOf } from '../src/engines/process/preflight.ts';
import { isAlive, startTimeOf } from '../src/engines/process/process-identity.ts';
import { findService } from '../src/model/edges.ts';
import { system } from '../src/system.ts';

const good = { nodeVersion: 'v24.1.0', freeMemoryMiB: 8_000, freeDiskMiB: 50_000 };
const refusals = (change: Partial<typeof good>) =>
  judge({ ...good, ...change }, { memoryMiB: 1_000 }).refusals.map((error) => error.message);
const warnings = (change: Partial<typeof good>) =>
  judge({ ...good, ...change }, { memoryMiB: 1_000 }).warnings;

describe('the look at the machine', () => {
  it('passes a good one without a word', () => {
    expect(judge(good, { memoryMiB: 1_000 })).toEqual({ refusals: [], warnings: [] });
  });

  it('refuses what cannot work and warns of what will be slow', () => {
    expect(refusals({ nodeVersion: 'v20.20.2' })).toEqual([
      'Node v20.20.2 is too old, 24 or newer is needed: run `npm ci` again',
    ]);
    expect(refusals({ freeMemoryMiB: 500 })).toEqual([
      'too little memory: 500 MiB of memory are free, about 1000 MiB are needed',
    ]);
    expect(warnings({ freeMemoryMiB: 1_100 })).toEqual([
      'memory is short: 1100 MiB of memory are free, about 1000 MiB are needed',
    ]);
    expect(refusals({ freeDiskMiB: 100 })[0]).toContain('too little disk: 100 MiB of disk are free');
    expect(warnings({ freeDiskMiB: 1_000 })).toEqual(['disk is short: 1000 MiB of disk are free']);
  });

  it('knows its own facts and what the system needs', () => {
    expect(machineFacts('.').freeMemoryMiB).toBeGreaterThan(0);
    expect(needsOf(system).memoryMiB).toBeGreaterThan(500);
  });
});

describe('addresses', () => {
  const mongo = findService(system, 'mongodb');
  if (!mongo) throw new Error('no mongodb');

  it('mirror the network of the containers, with the ports of the seeds', () => {
    const address = instanceAddress({ mode: 'subnet', octet: 20 }, mongo, 3, 2);
    expect([address.host, address.portFor(27017), address.portFor(27018)]).toEqual([
      '127.20.3.2',
      27017,
      27018,
    ]);
  });

  it('fall back to one port per instance, and say when those run out', () => {
    const plan = { mode: 'ports', basePort: 20_000 } as const;
    const address = instanceAddress(plan, mongo, 3, 2);
    expect([address.host, address.portFor(27017), address.portFor(27018)]).toEqual([
      '127.0.0.1',
      20_077,
      20_078,
    ]);
    expect(() => instanceAddress(plan, mongo, 3, 13)).toThrow('at most 12 replicas');
  });

  it('are read strictly', () => {
    expect(parseEndpoint('127.0.0.1:9080')).toEqual({ host: '127.0.0.1', port: 9080 });
    for (const text of ['9080', 'localhost', ':80', 'a:0', 'a:99999']) {
      expect(() => parseEndpoint(text), text).toThrow('not an address');
    }
  });
});

describe('a taken port', () => {
  it('is told with the process that has it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const wanted = [{ host: '127.0.0.1', port, forWhom: 'lucid-x-1' }];
    await expect(requireFreePorts(wanted)).rejects.toThrow(
      process.platform === 'linux'
        ? new RegExp(`127.0.0.1:${port}, wanted for lucid-x-1, is taken by .+ \\(pid ${process.pid}\\)`)
        : 'is taken',
    );
    await new Promise((resolve) => server.close(resolve));
    await expect(requireFreePorts(wanted)).resolves.toBeUndefined();
  });
});

describe('a process', () => {
  it('is the same only when its start time is the same', () => {
    const startTime = startTimeOf(process.pid) ?? '';
    expect(isAlive({ pid: process.pid, startTime })).toBe(true);
    expect(isAlive({ pid: process.pid, startTime: 'another' })).toBe(false);
    expect(startTimeOf(2 ** 22 + 1)).toBeUndefined();
  });
});
