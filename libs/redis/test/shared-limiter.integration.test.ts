import { eventually, freePort } from '@lucid/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestRedis, whyNoRedis } from '../src/testing.ts';
import { PATIENCE_MS, type Replica, startReplica } from './support/replica.ts';

const missing = whyNoRedis();
/** For those who meet a Redis that hangs: each of them waits so long, once. */
const HASTE_MS = 300;
let server: TestRedis;
let replicas: Replica[] = [];

async function startReplicas(
  count: number,
  points: number,
  options: Parameters<typeof startReplica>[2] = {},
): Promise<Replica[]> {
  replicas = Array.from({ length: count }, () => startReplica(server.uri, points, options));
  await allUp();
  return replicas;
}
const allUp = () => eventually('all replicas use Redis', () => replicas.every(({ redis }) => redis.isUp));
const allowedOf = (answers: Array<{ allowed: boolean }>) => answers.filter(({ allowed }) => allowed).length;
/** Every replica in turn. */
async function takeInTurn(count: number, key: string) {
  const answers = [];
  for (let at = 0; at < count; at++)
    answers.push(await (replicas[at % replicas.length] as Replica).take(key));
  return answers;
}
const saying = (replica: Replica | undefined, text: string) =>
  (replica?.lines ?? []).filter((line) => line.includes(text)).length;
const metric = async (replica: Replica | undefined, name: string) =>
  (await replica?.context.registry.metrics())?.split('\n').find((line) => line.startsWith(`${name} `));
/** How many calls went on alone for that reason. */
const fallbacks = async (replica: Replica | undefined, reason: string) =>
  Number((await metric(replica, `lucid_redis_fallbacks_total{reason="${reason}"}`))?.split(' ').at(-1) ?? 0);

describe.skipIf(missing !== undefined)(
  `limits in a real Redis${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    beforeAll(async () => {
      server = await TestRedis.start();
    });
    beforeEach(() => server.ask((client) => client.flushall()));
    afterEach(async () => {
      for (const replica of replicas) await replica[Symbol.asyncDispose]();
      replicas = [];
    });
    afterAll(() => server.close());

    it('are shared: two replicas together allow as much as one', async () => {
      const [one, two] = await startReplicas(2, 10);
      const takes = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? one : two)?.take('shared'));
      expect(allowedOf((await Promise.all(takes)).filter((answer) => answer !== undefined))).toBe(10);
      expect(await metric(one, 'lucid_redis_up')).toBe('lucid_redis_up 1');
    });

    it('block for longer than the window in all replicas, and say so in Redis', async () => {
      await startReplicas(2, 2, { blockS: 300 });
      expect((await takeInTurn(5, 'blocked')).map(({ allowed }) => allowed)).toEqual([
        true,
        true,
        false,
        false,
        false,
      ]);
      const remainingS = await server.ask((client) => client.ttl('lucid:limit:test:blocked'));
      expect(remainingS).toBeGreaterThan(290);
    });

    it('fall back within one call when Redis is killed, fail no call, and are shared again when it is back', async () => {
      const [one] = await startReplicas(2, 4);
      await takeInTurn(2, 'killed');
      await server.kill();
      const alone = await takeInTurn(12, 'killed');
      expect(allowedOf(alone)).toBe(8); // up to the limit from each, counted from zero
      expect(Math.max(...alone.map(({ tookMs }) => tookMs))).toBeLessThan(PATIENCE_MS); // nobody waits for the dead
      expect(await metric(one, 'lucid_redis_up')).toBe('lucid_redis_up 0');
      await one?.context.health.refresh();
      expect(one?.context.health.report()).toMatchObject({
        status: 'degraded',
        dependencies: { redis: 'unhealthy' },
      });
      expect(one?.context.health.ready).toBe(true);

      await server.listen();
      await allUp();
      expect(allowedOf(await takeInTurn(12, 'after the return'))).toBe(4);
      expect(saying(one, 'goes on alone')).toBe(1);
      expect(saying(one, 'replicas share')).toBe(2);
      expect(await metric(one, 'lucid_redis_fallbacks_total{reason="down"}')).toMatch(/ [1-9]\d*$/);
      expect(await metric(one, 'lucid_redis_up')).toBe('lucid_redis_up 1');
    });

    it('wait once, and no longer than a command may take, for a Redis that hangs', async () => {
      const [one] = await startReplicas(1, 1000, { commandTimeoutMs: HASTE_MS });
      report('in good order', await takeInTurn(200, 'hanging'));
      await allUp();
      const before = { failed: await fallbacks(one, 'failed'), down: await fallbacks(one, 'down') };
      server.pause();
      try {
        const [first, ...others] = await takeInTurn(200, 'hanging');
        expect(first?.tookMs).toBeGreaterThanOrEqual(HASTE_MS - 1); // timers count in whole milliseconds
        report('hanging', others);
        expect((await fallbacks(one, 'failed')) - before.failed).toBe(1);
        expect((await fallbacks(one, 'down')) - before.down).toBe(199); // refused at once; later probes cost no call
      } finally {
        server.resume();
      }
      await allUp();
      expect(allowedOf(await takeInTurn(5, 'hanging'))).toBe(5);
    });

    it('let a hundred calls at once wait no longer than one for a Redis that hangs', async () => {
      const [one] = await startReplicas(1, 1000, { commandTimeoutMs: HASTE_MS });
      await one?.take('crowd');
      await allUp();
      server.pause();
      try {
        const crowd = await Promise.all(Array.from({ length: 100 }, () => one?.take('crowd')));
        // One after the other they would wait a hundred times as long.
        expect(Math.max(...crowd.map((answer) => answer?.tookMs ?? 0))).toBeLessThan(10 * HASTE_MS);
      } finally {
        server.resume();
      }
      await allUp();
    });

    it('start without Redis and use it once it is there', async () => {
      const late = new TestRedis(await freePort());
      try {
        const replica = startReplica(late.uri, 3);
        replicas = [replica];
        expect(allowedOf(await takeInTurn(4, 'early'))).toBe(3);
        await eventually('it is said that Redis is away', () => saying(replica, 'goes on alone') === 1);
        expect(replica.context.health.ready).toBe(true);
        await late.listen();
        await allUp();
        expect(allowedOf(await takeInTurn(4, 'early'))).toBe(3);
        expect(await late.ask((client) => client.get('lucid:limit:test:early'))).toBe('4');
      } finally {
        await late.close();
      }
    });

    it('survive a wrong password, which is said by its code and shown to nobody', async () => {
      const replica = startReplica(`redis://:WRONG-SECRET@127.0.0.1:${server.port}/0`, 3);
      replicas = [replica];
      await eventually('it is said', () => saying(replica, 'WRONGPASS') > 0);
      expect(allowedOf(await takeInTurn(4, 'locked out'))).toBe(3);
      await replica.context.health.refresh();
      expect(replica.lines.join('')).not.toContain('WRONG-SECRET');
    });

    it('survive a Redis that is full, without a line for each call', async () => {
      const full = await TestRedis.start(['--maxmemory', '1', '--maxmemory-policy', 'noeviction']);
      try {
        const replica = startReplica(full.uri, 3);
        replicas = [replica];
        await allUp();
        const endMs = performance.now() + 1500;
        while (performance.now() < endMs) await takeInTurn(50, 'full');
        expect(allowedOf(await takeInTurn(4, 'another key'))).toBe(3);
        expect(saying(replica, 'it answered OOM')).toBeGreaterThan(0);
        expect(saying(replica, 'goes on alone')).toBeLessThan(5);
      } finally {
        await full.close();
      }
    });
  },
);

function report(what: string, answers: ReadonlyArray<{ tookMs: number }>): void {
  const times = answers.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(2);
  console.log(`${what}: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`);
}
