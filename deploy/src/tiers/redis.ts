/**
 * Redis in four sizes: `none`, `single`, `cluster` (three masters) and `cluster-with-replicas` (three and three).
 * What it holds may be lost, so the system runs without it; a cluster without replicas loses a third with a master.
 *
 * Nodes of a cluster find each other by the addresses in their `nodes.conf`. One that comes back elsewhere tells the
 * others; when all come back at once, each elsewhere, nobody finds anybody, and `lucid-redis-init` has to introduce them
 * again. It may run at any time, but only Compose runs a job that has ended again, with each `up`; nothing does after a
 * machine or all nodes have been started anew. So the alert RedisClusterBroken says what to run, and gateways count for
 * themselves until then: `docker service update --force lucid_lucid-redis-init`, `docker compose up -d lucid-redis-init`,
 * or in Kubernetes delete the ended Job and apply the manifests again.
 */
import { extendSystem, type SystemPen } from '../model/define-system.ts';
import { images } from '../model/images.ts';
import type { Share } from '../model/policies.ts';
import type { ServiceBuilder, ServiceInit } from '../model/service-builder.ts';
import type { Store } from '../model/store.ts';
import type { Network, Secret, System } from '../model/types.ts';
import { drawInitJob, networkOf, secretOf, withoutServices } from './pieces.ts';
import { staticConfig } from './static-config.ts';

export type RedisTier = 'none' | 'single' | 'cluster' | 'cluster-with-replicas';
/** `cache`: the oldest goes when memory is full. `queue`: nothing goes, writes are refused, and it is kept on disk. */
export type RedisUse = 'cache' | 'queue';

const STORE = 'lucid-redis';
const PORT = 6379;
/** Nodes of a cluster talk to each other ten thousand above. */
const BUS_PORT = PORT + 10_000;
const LIMITS: Share = { cpus: 1, memoryMiB: 1024 };
const RESERVATIONS: Share = { cpus: 0.1, memoryMiB: 128 };
/** Three quarters of the limit, as 3 GB of 4 in the scaling guide: the rest is for forks and buffers. */
const MAX_MEMORY = '768mb';
/** A cache keeps its place in the cluster on disk; a queue its log, which stands there up to three times while it is rewritten. */
const SIZE_GIB: Readonly<Record<RedisUse, number>> = { cache: 1, queue: 4 };
const CONFIG_DIR = '/etc/redis';

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
  drawServer(s, server, ['common.conf', `${server.use}.conf`], []);
  return s.logicalStore({
    name: server.name,
    scheme: 'redis',
    members: [server.name],
    port: PORT,
    username: '',
    passwordSecret: server.password.name,
  });
}

function drawServer(
  s: SystemPen,
  { name, volume, password, use, init }: RedisServer,
  files: readonly string[],
  clusterArguments: readonly string[],
): ServiceBuilder {
  const auth = `${password.name}.conf`;
  const server = s
    .store(name, { ...init, port: PORT, image: images.redis })
    .secret('REDIS_PASSWORD', password)
    .secretFile({
      secret: password.name,
      name: auth,
      template: 'requirepass {value}\nmasterauth {value}\n',
    })
    .command(
      'redis-server',
      `${CONFIG_DIR}/${use}.conf`,
      '--include',
      `/run/secrets/${auth}`,
      ...clusterArguments,
      '--maxmemory',
      MAX_MEMORY,
    )
    .volume(volume, '/data', { sizeGiB: SIZE_GIB[use] })
    .probeBy({ kind: 'command', command: ['sh', '-c', pingWith(password)] }, { startPeriodSeconds: 30 })
    .resources(LIMITS, RESERVATIONS)
    .pinned();
  for (const file of files)
    server.config({
      name: `redis-${file}`,
      mountPath: `${CONFIG_DIR}/${file}`,
      content: staticConfig(`redis/${file}`),
    });
  return init.plane === 'wallet' ? server.planned() : server;
}

/** The password stays out of the process list: redis-cli takes it from its environment. */
function pingWith(password: Secret): string {
  return `test "$(REDISCLI_AUTH="$(cat /run/secrets/${password.name})" redis-cli ping)" = PONG`;
}

function drawCluster(s: SystemPen, network: Network, password: Secret, replicasPerMaster: 0 | 1): Store {
  const names = Array.from({ length: 3 * (1 + replicasPerMaster) }, (_, at) => `lucid-redis-node-${at + 1}`);
  for (const name of names) {
    const init = { cluster: 'data', network } as const;
    const clustered = ['--include', `${CONFIG_DIR}/cluster.conf`, '--cluster-announce-hostname', name];
    const server = { name, volume: `${name}-data`, password, use: 'cache', init } as const;
    drawServer(s, server, ['common.conf', 'cache.conf', 'cluster.conf'], clustered).extraPort(
      undefined,
      BUS_PORT,
    );
  }
  const job = drawInitJob(s, 'lucid-redis-init', network)
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
