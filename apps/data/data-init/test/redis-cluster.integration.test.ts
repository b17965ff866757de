import { join } from 'node:path';
import { seededRandom } from '@lucid/clock';
import { eventually, temporaryFolder } from '@lucid/testing';
import { Cluster } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { noRedis, ownAddress, type RedisNode, startRedisNode } from './support/redis-node.ts';
import { type JobResult, runJobProcess } from './support/run-job-process.ts';

const password = 'a-password-of-the-test';
const reason = noRedis();

describe.skipIf(reason !== undefined)(
  `redis-cluster with real servers${reason ? ` (${reason})` : ''}`,
  { timeout: 120_000 },
  () => {
    const folder = temporaryFolder('redis-cluster');
    const running = new Map<number, RedisNode>();
    let round = 0;

    afterEach(async () => {
      await Promise.all([...running.values()].map((node) => node.stop('SIGKILL')));
      running.clear();
      round++;
    });

    const start = async (
      index: number,
      at = index,
      settings: { use?: 'queue'; isCluster?: boolean } = {},
    ) => {
      const own = join(folder.path, `${round}-${index}`);
      const node = await startRedisNode({ folder: own, address: ownAddress(at), password, ...settings });
      running.set(index, node);
      return node;
    };
    const startAll = (count: number, settings = {}) =>
      Promise.all(Array.from({ length: count }, (_unused, index) => start(index + 1, index + 1, settings)));
    const job = (nodes: readonly RedisNode[], replicas = 0, killAfterSteps?: number): Promise<JobResult> =>
      runJobProcess({
        argument: 'redis-cluster',
        environment: {
          REDIS_MEMBERS: nodes.map(({ member }) => member).join(','),
          REDIS_REPLICAS_PER_MASTER: String(replicas),
          REDIS_PASSWORD: password,
          INIT_DEADLINE_SECONDS: '40',
        },
        ...(killAfterSteps === undefined ? {} : { killAfterSteps }),
      });

    /** Writes and reads keys of all parts of the slot range through a client that follows redirects. */
    const expectToServe = async (node: RedisNode) => {
      const cluster = new Cluster([{ host: node.address, port: 6379 }], { redisOptions: { password } });
      try {
        for (let key = 0; key < 60; key++) await cluster.set(`key-${key}`, `value-${key}`);
        for (let key = 0; key < 60; key++) expect(await cluster.get(`key-${key}`)).toBe(`value-${key}`);
        expect(cluster.nodes('master').length).toBeGreaterThan(1);
      } finally {
        cluster.disconnect();
      }
    };
    const nodesText = async (node: RedisNode) => String(await node.call('CLUSTER', 'NODES'));
    const rolesOf = async (node: RedisNode) => {
      const lines = (await nodesText(node)).trim().split('\n');
      const count = (flag: string) =>
        lines.filter((line) => line.split(' ')[2]?.split(',').includes(flag)).length;
      return { masters: count('master'), replicas: count('slave') };
    };

    test('joins three masters, and has nothing to do the second time', async () => {
      const nodes = await startAll(3);
      const first = await job(nodes);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.steps.slice(0, 3)).toEqual([
        `gives the slots 0-5460 to ${nodes[0]?.member}`,
        `gives the slots 5461-10922 to ${nodes[1]?.member}`,
        `gives the slots 10923-16383 to ${nodes[2]?.member}`,
      ]);
      expect(first.messages.at(-1)).toBe('done, steps taken: 5');
      const second = await job(nodes);
      expect(second).toMatchObject({ code: 0, steps: [], messages: ['already right: nothing to do'] });
      for (const node of nodes) await expectToServe(node);
    });

    test('joins three masters with three replicas, which hold the same data', async () => {
      const nodes = await startAll(6, { use: 'queue' });
      const first = await job(nodes, 1);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.steps.length).toBe(3 + 5 + 3);
      for (const node of nodes) expect(await rolesOf(node)).toEqual({ masters: 3, replicas: 3 });
      expect(await job(nodes, 1)).toMatchObject({ code: 0, steps: [] });
      await expectToServe(nodes[0] as RedisNode);
      await eventually('replicas have all keys of their masters', async () => {
        const sizes = await Promise.all(nodes.map(async (node) => Number(await node.call('DBSIZE'))));
        return sizes.reduce((sum, size) => sum + size) === 120;
      });
    });

    test('gives replicas to a cluster that had none', async () => {
      const nodes = await startAll(6);
      expect((await job(nodes.slice(0, 3))).code).toBe(0);
      await expectToServe(nodes[0] as RedisNode);
      const grown = await job(nodes, 1);
      expect(grown.code).toBe(0);
      expect(grown.steps.filter((step) => step.startsWith('gives the slots'))).toEqual([]);
      for (const node of nodes) expect(await rolesOf(node)).toEqual({ masters: 3, replicas: 3 });
      await expectToServe(nodes[5] as RedisNode);
    });

    const seed = process.env.LUCID_SEED ?? String(process.pid);
    const random = seededRandom(seed);
    const cuts = [0, 1].map(() => 1 + Math.floor(random.fraction() * 10));

    test.each(cuts)(
      `completes what a run began that was killed after %i of 11 steps (LUCID_SEED=${seed})`,
      async (cut) => {
        const nodes = await startAll(6);
        const killed = await job(nodes, 1, cut);
        expect(killed.code).toBe(null);
        const completed = await job(nodes, 1);
        expect(completed).toMatchObject({ code: 0, stderr: '' });
        expect(completed.steps.length).toBeLessThanOrEqual(11 - cut);
        expect(await job(nodes, 1)).toMatchObject({ code: 0, steps: [] });
        await expectToServe(nodes[0] as RedisNode);
      },
    );

    test('finds a node again that came back with another address', async () => {
      const nodes = await startAll(3);
      expect((await job(nodes)).code).toBe(0);
      await running.get(2)?.stop('SIGKILL');
      const moved = await start(2, 12);
      const [one, , three] = nodes as [RedisNode, RedisNode, RedisNode];
      expect((await job([one, moved, three])).code).toBe(0);
      expect(await nodesText(one)).toContain(`${moved.address}:6379@`);
      await expectToServe(moved);
    });

    test('joins nodes again that all came back with other addresses at once, with their data', async () => {
      const nodes = await startAll(6, { use: 'queue' });
      expect((await job(nodes, 1)).code).toBe(0);
      await expectToServe(nodes[0] as RedisNode);
      await Promise.all([...running.values()].map((node) => node.stop()));
      const moved = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((index) => start(index, index + 20, { use: 'queue' })),
      );
      const again = await job(moved, 1);
      expect(again.code).toBe(0);
      expect(again.steps.every((step) => step.startsWith('introduces '))).toBe(true);
      const sizes = await Promise.all(moved.map(async (node) => Number(await node.call('DBSIZE'))));
      expect(sizes.reduce((sum, size) => sum + size)).toBe(120);
      await expectToServe(moved[3] as RedisNode);
    });

    test('does not undo a fail-over, and takes back the old master as a replica', async () => {
      const nodes = await startAll(6);
      expect((await job(nodes, 1)).code).toBe(0);
      await running.get(1)?.stop('SIGKILL');
      await eventually(
        'a replica has taken over',
        async () => {
          const { masters } = await rolesOf(nodes[1] as RedisNode);
          return masters === 4; // the dead one is still listed as one
        },
        { timeoutMs: 20_000 },
      );
      const back = await start(1);
      const again = await job([back, ...nodes.slice(1)], 1);
      expect(again.code).toBe(0);
      expect(again.steps).toEqual([]);
      expect(await rolesOf(back)).toEqual({ masters: 3, replicas: 3 });
    });

    test('refuses a node that belongs to another cluster, and changes nothing', async () => {
      const nodes = await startAll(6);
      expect((await job(nodes.slice(0, 3))).code).toBe(0);
      expect((await job(nodes.slice(3))).code).toBe(0);
      const before = await nodesText(nodes[0] as RedisNode);
      const mixed = await job([...nodes.slice(0, 2), nodes[5] as RedisNode]);
      expect(mixed.code).toBe(1);
      expect(mixed.messages.at(-1)).toMatch(/belongs to another cluster: it knows [0-9a-f]{8}… at 127\.60/);
      const joined = await job(nodes, 1);
      expect(joined.code).toBe(1);
      expect(joined.messages.at(-1)).toMatch(/both own slot \d+ and belong to different clusters/);
      expect((await nodesText(nodes[0] as RedisNode)).split('\n').length).toBe(before.split('\n').length);
    });

    test('refuses nodes without cluster mode and wrong passwords, and says which node does not answer', async () => {
      const nodes = await startAll(2);
      const plain = await start(3, 3, { isCluster: false });
      const withPlain = await job([...nodes, plain]);
      expect(withPlain.messages.at(-1)).toBe(`${plain.member} runs without cluster-enabled yes`);
      const environment = {
        REDIS_MEMBERS: `${nodes[0]?.member},${nodes[1]?.member},${ownAddress(99)}:6379`,
        INIT_TASK: 'redis-cluster',
      };
      const wrong = await runJobProcess({
        environment: { ...environment, REDIS_PASSWORD: 'not-the-password' },
      });
      expect(wrong).toMatchObject({ code: 1 });
      expect(wrong.messages.at(-1)).toMatch(/refuses the password \(WRONGPASS/);
      const away = await runJobProcess({
        environment: { ...environment, REDIS_PASSWORD: password, INIT_DEADLINE_SECONDS: '2' },
      });
      expect(away.code).toBe(1);
      expect(away.messages.at(-1)).toMatch(/^not done within 2 s: 127\.60\.\d+\.99:6379 does not answer/);
    });
  },
);
