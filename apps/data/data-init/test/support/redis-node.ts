import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, WORKSPACE_ROOT } from '@lucid/testing';
import { Redis } from 'ioredis';

const CONFIGS = join(WORKSPACE_ROOT, 'deploy/configs/redis');
const ON_DISK = ['common.conf', 'cache.conf', 'queue.conf', 'cluster.conf'];
const PORT = 6379;

/** Why the tests with real servers cannot run here; undefined when they can. */
export const noRedis = (): string | undefined =>
  spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server is not installed';

/** Addresses of this process alone: 127.60.x.y, where x comes from the process id. */
export const ownAddress = (index: number): string => `127.60.${process.pid % 250}.${index}`;

export interface RedisNode {
  readonly address: string;
  /** `address:port`, as REDIS_MEMBERS wants it. */
  readonly member: string;
  call(...command: [string, ...string[]]): Promise<unknown>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface RedisNodeOptions {
  /** Data and configuration; a node that is started again in the same folder is the same node. */
  readonly folder: string;
  readonly address: string;
  readonly password: string;
  readonly use?: 'cache' | 'queue';
  readonly isCluster?: boolean;
}

/**
 * Debian's Redis with the configuration files of the deployment; only their paths are replaced. Each node has a loopback
 * address of its own, as a container has, and the usual port.
 */
export async function startRedisNode(options: RedisNodeOptions): Promise<RedisNode> {
  const { folder, address, password, use = 'cache', isCluster = true } = options;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'redis-auth.conf'), `requirepass ${password}\nmasterauth ${password}\n`);
  for (const file of ON_DISK) {
    const text = readFileSync(join(CONFIGS, file), 'utf8')
      .replaceAll('/etc/redis/', `${folder}/`)
      .replace('dir /data', `dir ${folder}`);
    writeFileSync(join(folder, file), text);
  }
  const own = ['--bind', address, '--bind-source-addr', address, '--maxmemory', '32mb'];
  const cluster = ['--include', join(folder, 'cluster.conf'), '--cluster-announce-hostname', address];
  const auth = ['--include', join(folder, 'redis-auth.conf')];
  const all = [join(folder, `${use}.conf`), ...auth, ...own, ...(isCluster ? cluster : [])];
  const child = spawn('redis-server', all, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.on('data', (piece: Buffer) => {
    log += piece;
  });
  await eventually(`redis-server on ${address}`, () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${log}`);
    return log.includes('Ready to accept connections');
  });
  return {
    address,
    member: `${address}:${PORT}`,
    call: async (...command) => {
      const redis = new Redis({ host: address, port: PORT, password, protocol: 2, retryStrategy: null });
      try {
        return await redis.call(...command);
      } finally {
        redis.disconnect();
      }
    },
    stop: (signal = 'SIGTERM') => end(child, signal),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
