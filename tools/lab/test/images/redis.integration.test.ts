import { expect, it } from 'vitest';
import type { Container } from './containers.ts';
import { describeImages } from './images-here.ts';

const IMAGE = 'lucid-lab/redis:7';
const PATIENCE = { timeout: 30_000 };

await describeImages(['redis'], 'the image of Redis', (containers) => {
  const answers = (redis: Container, ...options: string[]) =>
    expect
      .poll(async () => (await redis.exec('redis-cli', ...options, 'ping')).output, PATIENCE)
      .toBe('PONG');

  it('takes a configuration file, drops root, and keeps what was appended over a restart', async () => {
    const files = { '/usr/local/etc/redis/redis.conf': 'appendonly yes\nrequirepass sesame\n' };
    const command = ['redis-server', '/usr/local/etc/redis/redis.conf', '--maxmemory', '64mb'];
    const redis = await containers().run(IMAGE, { name: 'kept', files }, ...command);
    await answers(redis, '-a', 'sesame', '--no-auth-warning');
    expect((await redis.exec('redis-cli', 'get', 'x')).output).toContain('NOAUTH');
    expect((await redis.exec('stat', '-c', '%U %u', '/proc/1', '/data/appendonlydir')).output).toBe(
      'redis 999\nredis 999',
    );
    const cli = (...args: string[]) => redis.exec('redis-cli', '-a', 'sesame', '--no-auth-warning', ...args);
    await cli('set', 'colour', 'green');
    expect(await redis.stop()).toBe(0);
    await redis.start();
    await answers(redis, '-a', 'sesame', '--no-auth-warning');
    expect((await cli('get', 'colour')).output).toBe('green');
    expect((await cli('config', 'get', 'maxmemory')).output).toContain('67108864');
  }, 60_000);

  it('runs without root, without capabilities and on a read-only root', async () => {
    const flags = ['--user', '999:999', '--cap-drop', 'ALL', '--read-only', '--tmpfs', '/data:uid=999'];
    await answers(await containers().run(IMAGE, { name: 'bare', flags }));
  });

  it('joins three masters to a cluster that spreads keys over all of them', async () => {
    const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
    const nodes = await Promise.all(
      ['a', 'b', 'c'].map((name) => containers().run(IMAGE, { name }, ...options)),
    );
    for (const node of nodes) await answers(node);
    const [first] = nodes as [Container];
    const members = await Promise.all(nodes.map(async (node) => `${await node.ip()}:6379`));
    const created = await first.exec('redis-cli', '--cluster', 'create', ...members, '--cluster-yes');
    expect(created.output).toContain('[OK] All 16384 slots covered.');
    const state = async (node: Container) => (await node.exec('redis-cli', 'cluster', 'info')).output;
    for (const node of nodes) await expect.poll(() => state(node), PATIENCE).toContain('cluster_state:ok');
    for (let key = 0; key < 30; key++) {
      const set = await first.exec('redis-cli', '-c', 'set', `key-${key}`, String(key));
      expect(set.output).toBe('OK');
    }
    const sizes = await Promise.all(
      nodes.map(async (node) => Number((await node.exec('redis-cli', 'dbsize')).output)),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBe(30);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  }, 90_000);
});
