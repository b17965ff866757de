import { images } from '../../../src/model/images.ts';
import { DEPLOYMENT, type Defect, SCALING } from '../support/defect.ts';
import { fragment, fragmentWith } from '../support/fragment.ts';

const gib = (cpus: number, memory: number) => ({ cpus, memoryMiB: memory * 1024 });

/** Limits, ranges and how parts are replaced. */
export const sizes: readonly Defect[] = [
  {
    rule: 'limits',
    from: `${SCALING}, automatic scaling, over the ${DEPLOYMENT}`,
    what: 'aims at 70 % of reservations the other guide never makes, and would reserve large machines within small limits',
    system: fragment((s, network) => {
      s.service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network })
        .scale(3, 10)
        .resources(gib(1, 2), gib(0, 0));
      s.service('lucid-session-recorder', { cluster: 'sessions', port: 8084, network }).resources(
        gib(1, 2),
        gib(2, 4),
      );
    }),
    complaints: [
      'lucid-api-gateway scales by its share of a reservation, and reserves nothing',
      'lucid-session-recorder reserves 2 processors but may use 1',
      'lucid-session-recorder reserves 4096 MiB but may use 2048',
    ],
  },
  {
    rule: 'memory-fits',
    from: `${SCALING}, memory scaling, in the smaller limits of the ${DEPLOYMENT}`,
    what: 'would keep the caches of large machines where the limits are small again',
    system: fragment((s, network) => {
      s.store('lucid-mongodb', { cluster: 'data', port: 27_017, network, image: images.mongo })
        .command('mongod', '--wiredTigerCacheSizeGB', '8', '--maxConns', '1000')
        .resources(gib(2, 4), gib(0.5, 1));
      s.store('lucid-redis', { cluster: 'data', port: 6379, network, image: images.redis })
        .command('redis-server', '--maxmemory', '3gb', '--maxmemory-policy', 'allkeys-lru')
        .resources(gib(1, 3), gib(0.5, 1));
      s.store('lucid-elasticsearch', { cluster: 'data', port: 9200, network, image: images.elasticsearch })
        .env({ ES_JAVA_OPTS: '-Xms4g -Xmx4g' })
        .resources(gib(2, 4), gib(1, 2));
      s.service('lucid-auth-service', { cluster: 'identity', port: 8089, network })
        .memory({ heapMiB: 512 })
        .resources({ cpus: 1, memoryMiB: 512 }, { cpus: 0.1, memoryMiB: 128 });
    }),
    complaints: [
      'lucid-mongodb is told to fill 8192 of 4096 MiB: connections, sorting and the file cache want the rest',
      'lucid-redis is told to fill 3072 of 3072 MiB: forks and buffers want the rest',
      'lucid-elasticsearch is told to fill 4096 of 4096 MiB: the file cache wants as much as the heap',
      'lucid-auth-service has a heap of 512 MiB, which wants a limit of 608, not 512',
    ],
  },
  {
    rule: 'stop-grace',
    from: `${SCALING}, every service`,
    what: 'leaves the ten seconds after which Docker kills',
    system: fragment((s, network) => {
      s.service('lucid-session-recorder', { cluster: 'sessions', port: 8084, network }).stopGrace(10);
      s.service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network })
        .env({ SHUTDOWN_DEADLINE_MS: '20000' })
        .stopGrace(60);
    }),
    complaints: [
      'lucid-session-recorder may need 26 s to stop, but is killed after 10 s',
      'lucid-api-gateway may need 62 s to stop, but is killed after 60 s',
    ],
  },
  {
    rule: 'update-order',
    from: `${SCALING}, session recorder and xrdp`,
    what: 'would run old and new side by side on one volume and one range of ports',
    system: fragmentWith(
      fragment((s, network) => {
        s.service('lucid-session-recorder', { cluster: 'sessions', port: 8084, network }).volume(
          'lucid-session-data',
          '/data/sessions',
        );
        s.service('lucid-xrdp', { cluster: 'rdp', port: 8091, network }).publishedPort({
          port: 13_389,
          lastPort: 14_389,
          target: 13_389,
        });
        s.service('lucid-session-pipeline', { cluster: 'sessions', port: 8083, network })
          .update({ parallelism: 2, order: 'stop-first' })
          .scale(2, 5);
      }),
      'lucid-xrdp',
      { replicas: 5 },
    ),
    complaints: [
      'lucid-session-recorder is to start before the old one stops, but both want lucid-session-data',
      'lucid-xrdp is to start before the old one stops, but both want port 13389',
      'lucid-session-pipeline stops all 2 replicas at once when it is updated',
    ],
  },
  {
    rule: 'scale-range',
    from: `${SCALING}, overview beside auto-scale.sh`,
    what: 'lets the gateway grow to five in the overview and to ten in the script',
    system: fragmentWith(
      fragment((s, network) => {
        s.service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network }).scale(3, 5);
      }),
      'lucid-api-gateway',
      { replicas: 10 },
    ),
    complaints: ['lucid-api-gateway has 10 replicas but scales from 3 to 5'],
  },
];
