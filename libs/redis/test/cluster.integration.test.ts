import { eventually } from '@lucid/testing';
import { describe, expect, it } from 'vitest';
import { whyNoRedis } from '../src/testing.ts';
import { startCluster } from './support/redis-cluster.ts';
import { startReplica } from './support/replica.ts';

const missing = whyNoRedis();
/** Longer than a machine keeps a node that is well from answering, short enough to wait for one that hangs. */
const PATIENCE_MS = 1500;
const patient = { commandTimeoutMs: PATIENCE_MS };
const KEYS = Array.from({ length: 40 }, (_, at) => `caller-${at}`);

describe.skipIf(missing !== undefined)(
  `limits in a Redis Cluster${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    it('are shared over all masters; one killed or hanging fails no call, and is taken back', async () => {
      await using cluster = await startCluster(3);
      await using one = startReplica(cluster.uri, 2, patient);
      await using two = startReplica(cluster.uri, 2, patient);
      const replicas = [one, two];
      const allUp = () =>
        eventually('both use the cluster', () => replicas.every(({ redis }) => redis.isUp), {
          timeoutMs: 20_000,
        });
      const round = async (name: string) => {
        const answers = [];
        for (const key of KEYS)
          for (let at = 0; at < 6; at++)
            answers.push(await (at % 2 === 0 ? one : two).take(`${name} ${key}`));
        return {
          allowed: answers.filter(({ allowed }) => allowed).length,
          longestMs: Math.max(...answers.map(({ tookMs }) => tookMs)),
        };
      };

      await allUp();
      expect((await round('whole')).allowed).toBe(2 * KEYS.length);
      const counts = await Promise.all(
        cluster.masters.map((master) => master.ask((client) => client.dbsize())),
      );
      expect(counts.every((count) => count > 0)).toBe(true);

      const [first, second] = cluster.masters;
      await first?.kill();
      const killed = await round('killed');
      console.log(`one of three masters killed: longest call ${killed.longestMs.toFixed(1)} ms`);
      expect(killed.longestMs).toBeLessThan(PATIENCE_MS); // nobody waits for the dead
      expect(killed.allowed).toBeGreaterThanOrEqual(2 * KEYS.length);
      expect(one.redis.isUp).toBe(false);
      expect(one.lines.filter((line) => line.includes('goes on alone')).length).toBe(1);

      await first?.listen(); // with the identity and slots in its nodes.conf
      await allUp();
      expect((await round('back')).allowed).toBe(2 * KEYS.length);

      second?.pause();
      try {
        // Each replica waits once; waiting for each of the hanging node's keys would take a dozen times as long.
        expect((await round('hanging')).longestMs).toBeLessThan(2 * PATIENCE_MS);
        expect(one.redis.isUp).toBe(false);
      } finally {
        second?.resume();
      }
      await allUp();
      expect((await round('resumed')).allowed).toBe(2 * KEYS.length);
    });

    it('are shared again as soon as a replica has taken the place of a dead master', async () => {
      await using cluster = await startCluster(3, 1);
      await using one = startReplica(cluster.uri, 2, patient);
      await using two = startReplica(cluster.uri, 2, patient);
      const replicas = [one, two];
      const allAre = (isUp: boolean) =>
        eventually(
          `both ${isUp ? 'use the cluster' : 'go on alone'}`,
          async () => {
            for (const key of KEYS) for (const replica of replicas) await replica.take(`awaited ${key}`);
            return replicas.every(({ redis }) => redis.isUp === isUp);
          },
          { timeoutMs: 20_000 },
        );
      await allAre(true);
      await cluster.masters[0]?.kill();
      await allAre(false);
      await allAre(true);
      const answers = [];
      for (const key of KEYS)
        for (const replica of [one, two, one, two]) answers.push(await replica.take(key));
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(2 * KEYS.length);
    });

    it('are found through one member, and through the others when one is not there', async () => {
      await using cluster = await startCluster(3);
      const [first, second] = cluster.masters;
      const login = encodeURIComponent(first?.password ?? '');
      const entrances = [
        `redis://:${login}@127.0.0.1:${first?.port}/?cluster=true`,
        `redis://:${login}@127.0.0.1:1,lucid-redis-nowhere.invalid,127.0.0.1:${second?.port}/`,
      ];
      for (const uri of entrances) {
        await using replica = startReplica(uri, 2, patient);
        await eventually('the cluster is used', () => replica.redis.isUp, { timeoutMs: 20_000 });
      }
    });
  },
);
