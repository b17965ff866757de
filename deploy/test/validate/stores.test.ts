import { describe, expect, it } from 'vitest';
import type { Captured } from '../../src/engines/engine.ts';
import type { System } from '../../src/model/types.ts';
import type { Result } from '../../src/validate/check.ts';
import { stores } from '../../src/validate/stores.ts';
import { contextOf, type Said } from './fake-engine.ts';
import { smallSystem } from './small-system.ts';

type Answer = (instance: string) => Partial<Captured>;

async function about(system: System, store: string, capture: Answer, more: Said = {}): Promise<Result> {
  const results = await stores.run(await contextOf(system, { capture, ...more }));
  const found = results.find(({ subject }) => subject === store);
  if (!found) throw new Error(`nothing is said of ${store}`);
  return found;
}

describe('a MongoDB replica set', () => {
  const system = smallSystem(3);
  const hosts = [1, 2, 3].map((number) => `lucid-mongodb-${number}:27017`);
  const members =
    (roles: Readonly<Record<string, object>>): Answer =>
    (id) => ({
      stdout: JSON.stringify({ hosts, lastWriteSeconds: 1000, ...roles[id] }),
    });
  const primary = { isWritablePrimary: true };
  const secondary = { secondary: true };
  const whole = {
    'lucid-mongodb-1-1': primary,
    'lucid-mongodb-2-1': secondary,
    'lucid-mongodb-3-1': secondary,
  };

  it('is well with one primary and the others secondaries', async () => {
    expect(await about(system, 'lucid-mongodb', members(whole))).toMatchObject({
      verdict: 'ok',
      detail: '1 primary, 2 secondaries of 3 members, 0 s behind at most',
    });
  });

  it('fails without a primary, with two, with a member that is neither, or that is far behind', async () => {
    for (const changed of [
      { 'lucid-mongodb-1-1': secondary },
      { 'lucid-mongodb-2-1': primary },
      { 'lucid-mongodb-3-1': {} },
      { 'lucid-mongodb-3-1': { ...secondary, lastWriteSeconds: 900 } },
      { 'lucid-mongodb-3-1': { ...secondary, hosts: hosts.slice(0, 2) } },
    ])
      expect(await about(system, 'lucid-mongodb', members({ ...whole, ...changed }))).toMatchObject({
        verdict: 'failed',
      });
  });

  it('is unknown while a member that runs does not say', async () => {
    const silent: Answer = (id) =>
      id === 'lucid-mongodb-3-1' ? { exitCode: 1, stderr: 'connection refused' } : members(whole)(id);
    const { verdict, detail } = await about(system, 'lucid-mongodb', silent);
    expect(verdict).toBe('unknown');
    expect(detail).toContain('lucid-mongodb-3-1: connection refused');
  });
});

describe('a MongoDB alone', () => {
  it('is well when it takes writes', async () => {
    const system = smallSystem(1);
    const saying = (hello: object) =>
      about(system, 'lucid-mongodb', () => ({ stdout: JSON.stringify(hello) }));
    expect(await saying({ isWritablePrimary: true })).toMatchObject({ verdict: 'ok' });
    expect(await saying({ isWritablePrimary: false })).toMatchObject({ verdict: 'failed' });
  });
});

describe('a Redis cluster', () => {
  const system = smallSystem(1, 6);
  const view = (state: string, slots: number, downs: readonly number[] = []) => {
    const line = (at: number) => {
      const role = at <= 3 ? 'master' : 'slave';
      const flags = downs.includes(at) ? `${role},fail` : role;
      return `${String(at).repeat(40)} 172.20.0.${at}:6379@16379,lucid-redis-${at} ${flags} - 0 1 ${at} connected`;
    };
    return `cluster_state:${state}\r\ncluster_slots_ok:${slots}\r\n\n${[1, 2, 3, 4, 5, 6].map(line).join('\n')}\n`;
  };

  it('is well with its state, all slots, three masters and three replicas', async () => {
    const commands: string[] = [];
    const results = await contextOf(system, {
      capture: (_, command) => {
        commands.push(command.join(' '));
        return { stdout: view('ok', 16_384) };
      },
    }).then((context) => stores.run(context));
    expect(results.find(({ subject }) => subject === 'lucid-redis')).toMatchObject({
      verdict: 'ok',
      detail: 'state ok, 16384 slots, 3 masters and 3 replicas',
    });
    expect(commands).toContain(
      'sh -c export REDISCLI_AUTH="$(cat /run/secrets/redis-password)" && redis-cli -p 6379 CLUSTER INFO && redis-cli -p 6379 CLUSTER NODES',
    );
  });

  it('fails when any member sees it broken, slots unserved or a node down', async () => {
    for (const [text, words] of [
      [view('fail', 16_384), 'state fail'],
      [view('ok', 10_923), '10923 of 16384 slots served'],
      [view('ok', 16_384, [5]), '3 masters and 2 replicas, wanted 3 and 3'],
    ] as const) {
      const seenByOne: Answer = (id) => ({ stdout: id === 'lucid-redis-4-1' ? text : view('ok', 16_384) });
      const { verdict, detail } = await about(system, 'lucid-redis', seenByOne);
      expect(verdict).toBe('failed');
      expect(detail).toContain(`lucid-redis-4-1: `);
      expect(detail).toContain(words);
    }
  });

  it('fails when a member is not running, and is unknown when one cannot be asked', async () => {
    const well: Answer = () => ({ stdout: view('ok', 16_384) });
    const gone: Said = { changed: { 'lucid-redis-6-1': undefined } };
    expect(await about(system, 'lucid-redis', well, gone)).toMatchObject({ verdict: 'failed' });
    const mute: Answer = (id) => (id === 'lucid-redis-6-1' ? { exitCode: 1, stderr: 'NOAUTH' } : well(id));
    expect(await about(system, 'lucid-redis', mute)).toMatchObject({ verdict: 'unknown' });
  });
});

describe('a Redis alone', () => {
  const saying = (used: number, most: number, policy: string) =>
    about(smallSystem(), 'lucid-redis', () => ({
      stdout: `used_memory:${used}\r\nmaxmemory:${most}\r\nmaxmemory_policy:${policy}\r\n`,
    }));

  it('may be full as a cache and not as a queue, and must know a limit', async () => {
    expect(await saying(760 * 2 ** 20, 768 * 2 ** 20, 'allkeys-lru')).toMatchObject({
      verdict: 'ok',
      detail: '760 of 768 MiB, allkeys-lru',
    });
    expect(await saying(760 * 2 ** 20, 768 * 2 ** 20, 'noeviction')).toMatchObject({ verdict: 'failed' });
    expect(await saying(1, 0, 'noeviction')).toMatchObject({ verdict: 'failed' });
  });

  it('is unknown when it does not answer', async () => {
    const mute: Answer = () => ({ exitCode: 1, stderr: 'Could not connect to Redis' });
    expect(await about(smallSystem(), 'lucid-redis', mute)).toMatchObject({
      verdict: 'unknown',
      detail: 'Could not connect to Redis',
    });
  });
});

describe('Elasticsearch', () => {
  const saying = (members: number, health: object) =>
    about(smallSystem(1, 1, members), 'lucid-search', () => ({ stdout: JSON.stringify(health) }));

  it('is well when it is green with all nodes, and yellow when it is alone', async () => {
    expect(await saying(3, { status: 'green', number_of_nodes: 3, unassigned_shards: 0 })).toMatchObject({
      verdict: 'ok',
      detail: 'green, 3 of 3 nodes, 0 shards unassigned',
    });
    expect(await saying(1, { status: 'yellow', number_of_nodes: 1 })).toMatchObject({ verdict: 'ok' });
  });

  it('fails when it is yellow in a cluster, red, or short of a node', async () => {
    for (const health of [
      { status: 'yellow', number_of_nodes: 3 },
      { status: 'red', number_of_nodes: 3 },
      { status: 'green', number_of_nodes: 2 },
    ])
      expect(await saying(3, health)).toMatchObject({ verdict: 'failed' });
  });

  it('is unknown when it answers something else, or nothing', async () => {
    expect(await saying(1, { error: 'no' })).toMatchObject({ verdict: 'unknown' });
    expect(await about(smallSystem(), 'lucid-search', () => ({}))).toMatchObject({ verdict: 'unknown' });
  });
});
