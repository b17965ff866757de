/**
 * Redis in four sizes: `none`, `single`, `cluster` (three masters) and `cluster-with-replicas` (three and three).
 * What it holds may be lost, so the system runs without it; a cluster without replicas loses a third with a master.
 */
import { extendSystem, type SystemPen } from '../model/define-system.ts';
import { images, ownImage } from '../model/images.ts';
import type { Share } from '../model/policies.ts';
import type { ServiceInit } from '../model/service-builder.ts';
import type { Store } from '../model/store.ts';
import type { Network, Secret, System } from '../model/types.ts';
import { networkOf, secretOf, withoutServices } from './pieces.ts';
import { staticConfig } from './static-config.ts';

export type RedisTier = 'none' | 'single' | 'cluster' | 'cluster-with-replicas';
/** `cache`: the oldest goes when memory is full. `queue`: nothing goes, writes are refused, and it is kept on disk. */
export type RedisUse = 'cache' | 'queue';

const STORE = 'lucid-redis';
const PORT = 6379;
const LIMITS: Share = { cpus: 1, memoryMiB: 1024 };
const RESERVATIONS: Share = { cpus: 0.1, memoryMiB: 128 };
/** Three quarters of the limit, as 3 GB of 4 in the scaling guide: the rest is for forks and buffers. */
const MAX_MEMORY = '768mb';
const POLICY: Readonly<Record<RedisUse, string>> = { cache: 'allkeys-lru', queue: 'noeviction' };
const CONFIG_PATH = '/usr/local/etc/redis/redis.conf';

/** Puts the wanted form of Redis behind the store's name. */
export function withRedis(system: System, tier: RedisTier): System {
  if (tier === 'none') return system;
  const network = networkOf(system, 'lucid-network');
  const password = secretOf(system, 'redis-password');
  const bare = withoutServices(system, [], [STORE]);
  return extendSystem(bare, (s) => {
    const init = { cluster: 'data', network } as const;
    const store =
      tier === 'single'
        ? drawRedis(s, { name: STORE, volume: 'lucid-redis-data', password, use: 'cache', init })
        : drawCluster(s, network, password, tier === 'cluster' ? 0 : 1);
    drawExporters(s, network, store, password);
  });
}

interface RedisServer {
  readonly name: string;
  readonly volume: string;
  readonly password: Secret;
  readonly use: RedisUse;
  readonly init: Omit<ServiceInit, 'port' | 'image'>;
}

/** One Redis on its own. */
export function drawRedis(s: SystemPen, server: RedisServer): Store {
  drawServer(s, server, `redis/${server.use}.conf`);
  return s.logicalStore({
    name: server.name,
    scheme: 'redis',
    members: [server.name],
    port: PORT,
    username: '',
    passwordSecret: server.password.name,
  });
}

function drawServer(s: SystemPen, { name, volume, password, use, init }: RedisServer, config: string): void {
  const server = s
    .store(name, { ...init, port: PORT, image: images.redis })
    .config({
      name: `${config.replaceAll('/', '-')}`,
      mountPath: CONFIG_PATH,
      content: staticConfig(config),
    })
    .secret('REDIS_PASSWORD', password)
    .secretFile({
      secret: password.name,
      name: `${password.name}.conf`,
      template: 'requirepass {value}\nmasterauth {value}\n',
    })
    .command(
      'redis-server',
      CONFIG_PATH,
      '--include',
      `/run/secrets/${password.name}.conf`,
      '--maxmemory',
      MAX_MEMORY,
      '--maxmemory-policy',
      POLICY[use],
    )
    .volume(volume, '/data')
    .probeBy({ kind: 'command', command: ['sh', '-c', pingWith(password)] }, { startPeriodSeconds: 30 })
    .resources(LIMITS, RESERVATIONS)
    .pinned();
  if (init.plane === 'wallet') server.planned();
}

/** The password stays out of the process list: redis-cli takes it from its environment. */
function pingWith(password: Secret): string {
  return `test "$(REDISCLI_AUTH="$(cat /run/secrets/${password.name})" redis-cli ping)" = PONG`;
}

function drawCluster(s: SystemPen, network: Network, password: Secret, replicasPerMaster: 0 | 1): Store {
  const names = Array.from({ length: 3 * (1 + replicasPerMaster) }, (_, at) => `lucid-redis-node-${at + 1}`);
  for (const name of names) {
    const init = { cluster: 'data', network } as const;
    drawServer(s, { name, volume: `${name}-data`, password, use: 'cache', init }, 'redis/cluster-cache.conf');
  }
  const job = s
    .job('lucid-redis-init', {
      cluster: 'data',
      network,
      app: 'apps/data/data-init',
      image: ownImage('data-init'),
    })
    .env({
      INIT_TASK: 'redis-cluster',
      REDIS_MEMBERS: names.map((name) => `${name}:${PORT}`).join(','),
      REDIS_REPLICAS_PER_MASTER: String(replicasPerMaster),
    })
    .secret('REDIS_PASSWORD', password)
    .startsAfter(...names);
  return s.logicalStore({
    name: STORE,
    scheme: 'redis',
    members: names,
    initialisedBy: [job.name],
    port: PORT,
    username: '',
    passwordSecret: password.name,
    options: { cluster: 'true' },
  });
}

/** One exporter per server: it asks the address it is given and knows nothing of the rest. */
function drawExporters(s: SystemPen, network: Network, store: Store, password: Secret): void {
  for (const member of store.members) {
    const address = `redis://${member}:${PORT}`;
    const secretFile = `${member}-exporter-passwords.json`;
    s.support(`${member}-exporter`, { cluster: 'data', network, port: 9121, image: images.redisExporter })
      .env({ REDIS_ADDR: address, REDIS_PASSWORD_FILE: `/run/secrets/${secretFile}` })
      .secretFile({
        secret: password.name,
        name: secretFile,
        template: `${JSON.stringify({ [address]: '{value}' })}\n`,
      })
      .reaches(member)
      .startsAfter(member)
      .probeBy({ kind: 'http', path: '/health', port: 9121 })
      .resources({ cpus: 0.1, memoryMiB: 64 }, { cpus: 0.02, memoryMiB: 16 })
      .metricsAt(9121);
  }
}
