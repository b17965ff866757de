import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ENGINE_RANGES, NODE_RANGES } from '../src/docker/daemon-config.ts';
import {
  bridgeIndex,
  bridgeName,
  hostAddress,
  MOST_NODES,
  MOST_SWARMS,
  OVERLAY_POOL,
  overlaps,
  ownerMac,
  planNodes,
  routedRanges,
  subnetOf,
} from '../src/swarm/addresses.ts';
import { describeSwarm } from '../src/swarm/describe.ts';
import { deletionsOf, forwardRule } from '../src/swarm/forward-rule.ts';
import { nodeCondition, nodeOf, parseSwarmState, type SwarmState, withDaemon } from '../src/swarm/state.ts';
import { noSuchName } from '../src/swarm/unknown-names.ts';

/** What an interface's name may have; see IFNAMSIZ in linux/if.h. */
const LONGEST_INTERFACE_NAME = 15;
const LUCIDS_OWN = ['172.20.0.0/16', '172.21.0.0/16', '10.98.0.0/16', '10.99.0.0/16'];

describe('the plan of a Swarm', () => {
  it('gives every node of every Swarm its own names and addresses', () => {
    const plans = [0, 1, MOST_SWARMS - 1].flatMap((index) => planNodes(index, MOST_NODES, 1));
    for (const field of ['address', 'netns', 'veth', 'mac'] as const)
      expect(new Set(plans.map((plan) => plan[field])).size).toBe(plans.length);
    for (const { veth } of plans) expect(veth.length).toBeLessThanOrEqual(LONGEST_INTERFACE_NAME);
  });

  it('lets the first nodes manage, and names them by their number', () => {
    const roles = planNodes(7, 3, 2).map(({ hostName, role, address }) => [hostName, role, address]);
    expect(roles).toEqual([
      ['lucid-node-1', 'manager', '10.91.7.11'],
      ['lucid-node-2', 'manager', '10.91.7.12'],
      ['lucid-node-3', 'worker', '10.91.7.13'],
    ]);
  });

  it.each([
    [0, 1],
    [10, 1],
    [3, 0],
    [3, 4],
    [2.5, 1],
  ])('refuses %d nodes with %d managers', (nodes, managers) => {
    expect(() => planNodes(0, nodes, managers)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it("stays out of Lucid's networks, and no range of the lab shares an address with another", () => {
    const docker0 = (address: string) => address.replace('.0.1/', '.0.0/');
    const ranges = [
      ...[ENGINE_RANGES, NODE_RANGES].flatMap(({ bridge, pool }) => [docker0(bridge), pool]),
      '10.91.0.0/16',
      OVERLAY_POOL,
      ...LUCIDS_OWN,
    ];
    for (const [position, one] of ranges.entries())
      for (const other of ranges.slice(position + 1))
        expect([one, other, overlaps(one, other)]).toEqual([one, other, false]);
  });

  it('is told before it happens', () => {
    const told = describeSwarm('/data', 4, 2, 1).join('\n');
    for (const fact of [
      'lucidlab4',
      '10.91.4.1/24',
      'FORWARD',
      'lucidlab4-2',
      '10.91.4.12',
      '/data/2',
      'manager',
    ])
      expect(told).toContain(fact);
  });
});

describe('address ranges', () => {
  it.each([
    ['10.91.0.0/24', '10.91.0.255', true],
    ['10.91.0.0/24', '10.91.1.0/24', false],
    ['10.0.0.0/8', '10.91.3.0/24', true],
    ['10.91.3.0/24', '10.0.0.0/8', true],
    ['192.168.0.0/16', '10.91.0.0/24', false],
    ['0.0.0.0/0', '10.91.0.0/24', true],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected);
  });

  it('of the machine are read from its routes, without the default and other Swarms of the lab', () => {
    const routes = [
      'default via 192.0.2.1 dev eth0 ',
      '10.91.0.0/24 dev lucidlab0 proto kernel scope link src 10.91.0.1 ',
      '10.91.1.0/24 dev tun0 proto kernel scope link src 10.91.1.9 ',
      'blackhole 10.5.0.0/16 ',
      '10.6.7.8 dev eth0 scope link ',
    ];
    expect(routedRanges(routes.join('\n'))).toEqual(['10.91.1.0/24', '10.5.0.0/16', '10.6.7.8']);
  });

  it('belong to a bridge that is told from cables by its name, and from other homes by its address', () => {
    expect(bridgeIndex(bridgeName(12))).toBe(12);
    for (const other of ['lucidlab0n1', 'lucidlab', 'docker0', 'lucidlab1234'])
      expect(bridgeIndex(other)).toBeUndefined();
    expect(ownerMac('0123abcd')).toBe('02:4c:01:23:ab:cd');
    expect(overlaps(`${hostAddress(3)}/32`, subnetOf(3))).toBe(true);
  });
});

describe('the rule that lets nodes talk', () => {
  it('is found among others by the bridge, wherever it stands, as often as it is there', () => {
    const own = '-A FORWARD -i lucidlab1 -o lucidlab1 -j ACCEPT';
    const rules = [
      '-P FORWARD DROP',
      own,
      '-A FORWARD -j DOCKER-USER',
      '-A FORWARD -i lucidlab10 -j ACCEPT',
      own,
    ];
    const deletion = ['-D', ...forwardRule('lucidlab1')];
    expect(deletionsOf(rules.join('\n'), 'lucidlab1')).toEqual([deletion, deletion]);
  });
});

describe('the state of a Swarm', () => {
  const nodes = planNodes(0, 2, 1).map((plan) => ({ ...plan, dir: '/d', dockerHost: 'unix:///d' }));
  const state: SwarmState = { version: 1, phase: 'up', index: 0, nodes };
  const gone = { pid: 2 ** 30, startTicks: 1, bootId: 'b' };

  it('is read back as it was written', () => {
    expect(parseSwarmState(JSON.stringify(state))).toEqual(state);
  });

  it.each(['', '{', 'null', '[]', '{"version":2}', '{"version":1,"index":0}'])(
    'is not trusted when it reads %j',
    (text) => {
      expect(parseSwarmState(text)).toBeUndefined();
    },
  );

  it('knows its nodes by number and says which there are', () => {
    expect(nodeOf(state, 2).hostName).toBe('lucid-node-2');
    expect(() => nodeOf(state, 3)).toThrow('there is no node 3, only 1 to 2');
  });

  it('calls a node killed whose engine is not the process that was started', async () => {
    expect(await nodeCondition(nodeOf(state, 1))).toBe('killed');
    expect(await nodeCondition(nodeOf(withDaemon(state, 1, gone), 1))).toBe('killed');
    expect(nodeOf(withDaemon(state, 1, gone), 2).daemon).toBeUndefined();
  });
});

describe('the name server for unknown names', () => {
  it('says at once that there is no such name, to a real resolver', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    socket.on('message', (query, from) => socket.send(noSuchName(query) ?? '', from.port, from.address));
    const resolver = new Resolver({ timeout: 2_000, tries: 1 });
    resolver.setServers([`127.0.0.1:${socket.address().port}`]);
    await expect(resolver.resolve4('nobody.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve6('a.b.c.nobody.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    socket.close();
  });

  it('does not answer what is no query', () => {
    const answer = Buffer.from('000181800001000000000000036162630000010001', 'hex');
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(11), Buffer.alloc(12), Buffer.alloc(40, 0x3f), answer])
      expect(noSuchName(bytes)).toBeUndefined();
  });
});
