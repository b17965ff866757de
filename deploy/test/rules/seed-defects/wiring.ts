import { images } from '../../../src/model/images.ts';
import { DEPLOYMENT, type Defect, PLAN, SCALING } from '../support/defect.ts';
import { foreign, fragment } from '../support/fragment.ts';

/** Names, edges, order and variables. */
export const wiring: readonly Defect[] = [
  {
    rule: 'unique-names',
    from: `${SCALING}, automatic scaling, twice`,
    what: 'declares one gateway in several files with other limits each',
    system: fragment((s, network) => {
      for (const memoryMiB of [2048, 4096])
        s.service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network }).resources(
          { cpus: 1, memoryMiB },
          { cpus: 0.5, memoryMiB: 512 },
        );
    }),
    complaints: ['service lucid-api-gateway is declared twice'],
  },
  {
    rule: 'unique-names',
    from: `${SCALING}, MongoDB replica set`,
    what: 'mounts one text at the primary and another at the secondaries, both as mongod.conf',
    system: fragment((s, network) => {
      for (const role of ['primary', 'secondary-1'])
        s.store(`lucid-mongodb-${role}`, {
          cluster: 'data',
          port: 27_017,
          network,
          image: images.mongo,
        }).config({
          name: 'mongod.conf',
          mountPath: '/etc/mongod.conf',
          content: `# ${role}\n`,
        });
    }),
    complaints: ['two files of configuration are called mongod.conf, with different texts'],
  },
  {
    rule: 'edges',
    from: `${PLAN}, load balancers`,
    what: 'waits for gateways that no file has',
    system: fragment((s, network) => {
      s.support('nginx-lb-1', { cluster: 'gateway', port: 80, network, image: images.nginx }).startsAfter(
        'api-gateway-1',
      );
    }),
    complaints: ['nginx-lb-1 points at api-gateway-1, which is not declared'],
  },
  {
    rule: 'start-order',
    from: `${DEPLOYMENT}, clusters 01 and 03`,
    what: 'lets the pipeline wait for the gateway: where the gateway waits for what it routes to, neither starts',
    system: fragment((s, network) => {
      s.service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network }).startsAfter(
        'lucid-session-pipeline',
      );
      s.service('lucid-session-pipeline', { cluster: 'sessions', port: 8083, network }).startsAfter(
        'lucid-api-gateway',
      );
    }),
    complaints: ['no start order for lucid-api-gateway, lucid-session-pipeline: they wait for each other'],
  },
  {
    rule: 'planned-parts',
    from: `${DEPLOYMENT}, cluster 04`,
    what: 'waits for services whose images do not exist',
    system: fragment((s, network) => {
      const manager = s.service('lucid-rdp-manager', { cluster: 'rdp', port: 8090, network }).planned();
      s.store('lucid-redis', { cluster: 'data', port: 6379, network, image: images.redis }).planned();
      const redis = s.logicalStore({
        name: 'lucid-redis',
        scheme: 'redis',
        members: ['lucid-redis'],
        port: 6379,
        username: '',
        passwordSecret: undefined,
      });
      s.service('lucid-xrdp', { cluster: 'rdp', port: 8091, network })
        .startsAfter(manager)
        .uses(redis, '0', 'REDIS_URI');
    }),
    complaints: [
      'lucid-xrdp starts after lucid-rdp-manager, which is only planned',
      'lucid-xrdp keeps its data in lucid-redis, which is only planned',
    ],
  },
  {
    rule: 'known-variables',
    from: `${DEPLOYMENT}, .env.production; ${SCALING}, CPU scaling`,
    what: 'sets debugging that no service reads, and settings of one service at another',
    system: fragment((s, network) => {
      s.service('lucid-blockchain-engine', { cluster: 'chain', port: 8084, network }).env({
        BLOCK_TIME_SECONDS: '10',
        BLOCK_SIZE_LIMIT_MB: '1',
        DEBUG: 'false',
        CONSENSUS_WORKERS: '4',
        RECORDING_THREADS: '8', // announced for the recorder alone
      });
    }),
    complaints: [
      'lucid-blockchain-engine is given DEBUG, which it does not read',
      'lucid-blockchain-engine is given RECORDING_THREADS, which it does not read',
    ],
  },
  {
    rule: 'ineffective-variables',
    from: `${DEPLOYMENT}, cluster 08; ${SCALING}, memory scaling and MongoDB replica set`,
    what: 'names a first database for MongoDB, which is the one its start scripts run in: there are none',
    system: fragment((s, network) => {
      const named = { MONGO_INITDB_ROOT_USERNAME: 'lucid', MONGO_INITDB_DATABASE: 'lucid' };
      const init = { cluster: 'data', port: 27_017, network, image: images.mongo } as const;
      s.store('lucid-mongodb', init).env(named);
      s.store('mongodb-with-scripts', init)
        .env(named)
        .config({ name: 'init.js', mountPath: '/docker-entrypoint-initdb.d/init.js', content: '' });
    }),
    complaints: [
      'lucid-mongodb sets MONGO_INITDB_DATABASE, which mongo:7.0 ignores: it names the database of start scripts, and there are none; databases come with their first document',
    ],
  },
  {
    rule: 'ineffective-variables',
    from: `${SCALING}, memory scaling; ${PLAN}, databases`,
    what: 'protects Redis and tunes PostgreSQL by variables that their images ignore',
    system: fragment((s, network) => {
      s.store('lucid-redis', { cluster: 'data', port: 6379, network, image: images.redis }).env({
        REDIS_PASSWORD: '$REDIS_PASSWORD',
      });
      s.store('postgres-primary', {
        cluster: 'data',
        port: 5432,
        network,
        image: foreign('postgres:15-alpine', 'sh', 'postgres'),
      }).env({ POSTGRES_DB: 'prepx', POSTGRES_SHARED_BUFFERS: '4GB', POSTGRES_WAL_LEVEL: 'replica' });
    }),
    complaints: [
      'lucid-redis sets REDIS_PASSWORD, which redis:7.2-alpine ignores: requirepass and the like stand in redis.conf',
      'postgres-primary sets POSTGRES_SHARED_BUFFERS, which postgres:15-alpine ignores: settings of the server are arguments: -c shared_buffers=4GB',
      'postgres-primary sets POSTGRES_WAL_LEVEL, which postgres:15-alpine ignores: settings of the server are arguments: -c shared_buffers=4GB',
    ],
  },
];
