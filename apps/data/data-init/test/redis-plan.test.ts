import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseClusterNodes } from '../src/domain/redis/cluster-nodes.ts';
import { nextStep } from '../src/domain/redis/next-step.ts';
import type { ReachedNode } from '../src/domain/redis/observation.ts';
import { evenRanges, rangesText } from '../src/domain/redis/slots.ts';
import { SimulatedCluster } from './support/simulated-cluster.ts';

const plan = (cluster: SimulatedCluster, replicasPerMaster = 0) =>
  nextStep(cluster.observe(), { members: cluster.addresses, replicasPerMaster });

/** Follows the plan to its end. @returns how many steps it took */
function follow(
  cluster: SimulatedCluster,
  replicasPerMaster: number,
  atMost = Number.POSITIVE_INFINITY,
): number {
  for (let steps = 0; ; steps++) {
    const decision = plan(cluster, replicasPerMaster);
    if (decision.kind !== 'do' || steps === atMost) {
      if (steps < atMost) expect(decision).toEqual({ kind: 'done' });
      return steps;
    }
    cluster.perform(decision.action);
  }
}

const three = () => new SimulatedCluster(['a', 'b', 'c']);

describe('the plan of redis-cluster', () => {
  test('divides the slots as redis-cli does', () => {
    expect(evenRanges(3).map((range) => rangesText([range]))).toEqual([
      '0-5460',
      '5461-10922',
      '10923-16383',
    ]);
  });

  test('reads lines of Redis 6, 7.0 and 7.2, with failing nodes, moving slots and nodes being introduced', () => {
    const [old, named, tagged, meeting] = parseClusterNodes(
      [
        'aa 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-5 7 [9->-bb]',
        'bb 10.0.0.2:6379@16379,lucid-redis-node-2 slave,fail? aa 1 2 3 disconnected',
        'cc fe80::1:6379@16379,name,shard-id=77 master,noaddr - 0 0 2 connected 10-12',
        'dd 10.0.0.4:6379@16379 handshake - 0 0 0 connected\n',
      ].join('\n'),
    );
    expect(old).toMatchObject({
      ip: '10.0.0.1',
      port: 6379,
      busPort: 16_379,
      isMyself: true,
      isMaster: true,
    });
    expect(old?.slots).toEqual([
      { first: 0, last: 5 },
      { first: 7, last: 7 },
    ]);
    expect(named).toMatchObject({ masterId: 'aa', isFailing: true, isConnected: false, slots: [] });
    expect(tagged).toMatchObject({ ip: 'fe80::1', isFailing: true });
    expect(meeting).toMatchObject({ isHandshake: true });
  });

  test('from any half-finished state: it ends, every slot has an owner, every master a replica on another host', () => {
    const hosts = fc.shuffledSubarray(['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'], {
      minLength: 6,
      maxLength: 8,
    });
    fc.assert(
      fc.property(hosts, fc.nat(20), fc.boolean(), (names, cut, isReversed) => {
        fc.pre(names.length % 2 === 0);
        const cluster = new SimulatedCluster(names);
        follow(cluster, 1, cut);
        if (isReversed) cluster.nodes.reverse();
        follow(cluster, 1);
        const owners = cluster.nodes.filter(({ slots }) => slots.length > 0);
        expect(owners.length).toBe(names.length / 2);
        for (const owner of owners) {
          const replicas = cluster.nodes.filter(({ masterId }) => masterId === owner.id);
          expect(replicas.length).toBe(1);
          if (cut === 0) expect(replicas[0]?.host).not.toBe(owner.host);
        }
        expect(follow(cluster, 1)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('refuses slots of a master that is gone, but waits for its replica to take its place', () => {
    const ghost = { id: 'ghost', isConnected: false, isFailing: true, slots: [{ first: 0, last: 5460 }] };
    const lost = three();
    lost.strangers.push(ghost);
    expect(plan(lost)).toMatchObject({
      kind: 'refuse',
      reason: expect.stringContaining('the slots 0-5460 belong to ghost…'),
    });
    const heir = new SimulatedCluster(['a', 'b', 'c', 'd', 'e', 'f']);
    follow(heir, 1, 8);
    heir.strangers.push(ghost);
    Object.assign(heir.nodes[5] ?? {}, { masterId: 'ghost' });
    expect(plan(heir, 1)).toEqual({
      kind: 'wait',
      reason: 'f:6379 has to take the place of its master, which is gone',
    });
  });

  test('refuses to move data, to take nodes with keys, and the same node under two names', () => {
    const grown = new SimulatedCluster(['a', 'b', 'c', 'd']);
    const small = three();
    follow(small, 0);
    grown.nodes.splice(0, 3, ...small.nodes);
    expect(plan(grown)).toMatchObject({
      kind: 'refuse',
      reason: expect.stringContaining('3 masters share the slots, 4 are wanted'),
    });
    const used = three();
    Object.assign(used.nodes[1] ?? {}, { keys: 7 });
    expect(plan(used)).toMatchObject({
      kind: 'refuse',
      reason: expect.stringContaining('b:6379 holds 7 keys but no slots'),
    });
    const twins = three();
    Object.assign(twins.nodes[1] ?? {}, { id: twins.nodes[0]?.id });
    expect(plan(twins)).toMatchObject({ kind: 'refuse', reason: 'a:6379 and b:6379 lead to the same node' });
  });

  test('says that a replica does not copy, and what that usually is', () => {
    const cluster = new SimulatedCluster(['a', 'b', 'c', 'd', 'e', 'f']);
    follow(cluster, 1);
    const seen = cluster
      .observe()
      .map((node): ReachedNode => ({ ...node, isSynchronised: node.self.isMaster }));
    const decision = nextStep(seen, { members: cluster.addresses, replicasPerMaster: 1 });
    expect(decision).toMatchObject({
      kind: 'wait',
      reason: expect.stringContaining('does masterauth equal requirepass?'),
    });
  });
});
