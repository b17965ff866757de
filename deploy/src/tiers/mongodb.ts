/**
 * MongoDB in three sizes. `embedded` is our own server, drawn by the system itself; `single` is one mongod;
 * `replica-set` is three with priorities 2/1/1, one shared keyFile and a job that initiates the set.
 */
import type { SystemPen } from '../model/define-system.ts';
import { extendSystem } from '../model/define-system.ts';
import { images } from '../model/images.ts';
import type { Share } from '../model/policies.ts';
import { PROBE_TIMING } from '../model/probe.ts';
import type { ServiceInit } from '../model/service-builder.ts';
import type { Store } from '../model/store.ts';
import type { Network, Secret, System } from '../model/types.ts';
import { drawInitJob, networkOf, secretOf, withoutServices } from './pieces.ts';
import { staticConfig } from './static-config.ts';

export type MongoTier = 'embedded' | 'single' | 'replica-set';

const STORE = 'lucid-mongodb';
const PORT = 27_017;
/** The foundation phase of the deployment guide. */
const LIMITS: Share = { cpus: 2, memoryMiB: 4096 };
const RESERVATIONS: Share = { cpus: 0.5, memoryMiB: 1024 };
/** Half of the limit less one GiB, which is MongoDB's own rule for the machine it believes to own. */
const CACHE_GB = '1.5';
/** The only disk a guide asks of a database: 50 GB and more for PostgreSQL (auto-scaling summary). Ours has all metadata. */
const SIZE_GIB = 50;
const MEMBERS = [
  { name: 'lucid-mongodb-primary', volume: 'lucid-mongo-primary-data', priority: 2 },
  { name: 'lucid-mongodb-secondary-1', volume: 'lucid-mongo-secondary-1-data', priority: 1 },
  { name: 'lucid-mongodb-secondary-2', volume: 'lucid-mongo-secondary-2-data', priority: 1 },
] as const;
const PING = {
  kind: 'command',
  command: ['mongosh', '--quiet', '--eval', 'quit(db.runCommand({ ping: 1 }).ok ? 0 : 1)'],
} as const;
const MONGOD = ['mongod', '--bind_ip_all', '--wiredTigerCacheSizeGB', CACHE_GB, '--maxConns', '1000'];

/** Puts the wanted form of MongoDB in the place of the embedded one. */
export function withMongo(system: System, tier: MongoTier): System {
  if (tier === 'embedded') return system;
  const bare = withoutServices(system, [STORE], [STORE]);
  const network = networkOf(system, 'lucid-network');
  const password = secretOf(system, 'mongo-password');
  return extendSystem(bare, (s) => {
    const store =
      tier === 'single'
        ? drawSingleMongo(s, {
            name: STORE,
            volume: 'lucid-mongo-data',
            sizeGiB: SIZE_GIB,
            password,
            init: { cluster: 'data', network },
          })
        : drawReplicaSet(s, network, password);
    drawExporter(s, network, store);
  });
}

interface SingleMongo {
  readonly name: string;
  readonly volume: string;
  readonly sizeGiB: number;
  readonly password: Secret;
  readonly init: Omit<ServiceInit, 'port' | 'image'>;
}

/** One mongod without a replica set; a planned one where only planned services want it. */
export function drawSingleMongo(s: SystemPen, { name, volume, sizeGiB, password, init }: SingleMongo): Store {
  const mongod = s
    .store(name, { ...init, port: PORT, image: images.mongo })
    .env({ MONGO_INITDB_ROOT_USERNAME: 'lucid' })
    .secret('MONGO_INITDB_ROOT_PASSWORD', password)
    .command(...MONGOD)
    .volume(volume, '/data/db', { sizeGiB })
    .probeBy(PING, PROBE_TIMING)
    .resources(LIMITS, RESERVATIONS)
    .stopGrace(60) // a clean shutdown writes a checkpoint
    .pinned();
  if (init.plane === 'wallet') mongod.planned();
  return s.logicalStore({
    name,
    scheme: 'mongodb',
    members: [name],
    port: PORT,
    username: 'lucid',
    passwordSecret: password.name,
    options: { authSource: 'admin' },
  });
}

function drawReplicaSet(s: SystemPen, network: Network, password: Secret): Store {
  const keyFile = s.secret('mongo-keyfile', 'base64-756');
  for (const { name, volume, priority } of MEMBERS) {
    const member = s
      .store(name, { cluster: 'data', network, port: PORT, image: images.mongo })
      .command('bash', '-c', withKeyFile(keyFile.name))
      .config({
        name: 'mongod.conf',
        mountPath: '/etc/mongod.conf',
        content: staticConfig('mongodb/mongod.conf'),
      })
      .secret('MONGO_KEYFILE', keyFile)
      .volume(volume, '/data/db', { sizeGiB: SIZE_GIB })
      .probeBy(PING)
      .resources(LIMITS, RESERVATIONS)
      .stopGrace(60)
      .pinned();
    // Only the first makes the root user: the others must be empty when they join, and copy it from there.
    if (priority === 2)
      member.env({ MONGO_INITDB_ROOT_USERNAME: 'lucid' }).secret('MONGO_INITDB_ROOT_PASSWORD', password);
  }
  const job = drawInitJob(s, 'lucid-mongodb-init', network)
    .env({
      INIT_TASK: 'mongo-replica-set',
      MONGO_MEMBERS: MEMBERS.map(({ name, priority }) => `${name}:${PORT}=${priority}`).join(','),
      MONGO_USERNAME: 'lucid',
    })
    .secret('MONGO_PASSWORD', password)
    .startsAfter(...MEMBERS.map(({ name }) => name));
  return s.logicalStore({
    name: STORE,
    scheme: 'mongodb',
    members: MEMBERS.map(({ name }) => name),
    initialisedBy: [job.name],
    port: PORT,
    username: 'lucid',
    passwordSecret: password.name,
    options: { authSource: 'admin', replicaSet: 'rs0' },
  });
}

/** mongod refuses a key that others may read, and secrets are mounted readable: it gets a copy of its own. */
function withKeyFile(secret: string): string {
  const copy = `install -m 0400 -o mongodb -g mongodb /run/secrets/${secret} /data/configdb/keyfile`;
  const cache = `--wiredTigerCacheSizeGB ${CACHE_GB} --maxConns 1000`;
  return `${copy} && exec docker-entrypoint.sh mongod --config /etc/mongod.conf ${cache}`;
}

function drawExporter(s: SystemPen, network: Network, store: Store): void {
  s.support('lucid-mongodb-exporter', { cluster: 'data', network, port: 9216, image: images.mongoExporter })
    .uses(store, 'admin', 'MONGODB_URI')
    .command('sh', '-c', 'MONGODB_URI="$(cat "$MONGODB_URI_FILE")" exec mongodb_exporter --collect-all')
    .probeBy({ kind: 'http', path: '/', port: 9216 })
    .resources({ cpus: 0.25, memoryMiB: 128 }, { cpus: 0.05, memoryMiB: 32 })
    .metricsAt(9216);
}
