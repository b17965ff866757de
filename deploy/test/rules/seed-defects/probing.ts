import { images, ownImage } from '../../../src/model/images.ts';
import { DEPLOYMENT, type Defect, PLAN, SCALING } from '../support/defect.ts';
import { foreign, fragment } from '../support/fragment.ts';

/** What is run inside a container: probes and commands. */
export const probing: readonly Defect[] = [
  {
    rule: 'probes',
    from: `${DEPLOYMENT}, every cluster, beside "container security"`,
    what: 'probes with curl, in an image without curl and without a shell',
    system: fragment((s, network) => {
      s.service('lucid-auth-service', { cluster: 'identity', port: 8089, network }).probeBy({
        kind: 'command',
        command: ['curl', '-f', 'http://localhost:8089/health'],
      });
      s.service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network }).probeBy({
        kind: 'command',
        command: ['/bin/sh', '-c', 'curl -f http://localhost:8080/health || exit 1'],
      });
    }),
    complaints: [
      'lucid-auth-service is probed by curl, which auth-service does not have',
      'lucid-api-gateway is probed by sh, which api-gateway does not have',
      'lucid-api-gateway is probed by curl, which api-gateway does not have',
    ],
  },
  {
    rule: 'probes',
    from: `${SCALING}, session management; ${PLAN}, databases`,
    what: 'has no probe at all for scaled services, databases and load balancers',
    system: fragment((s, network) => {
      s.support('nginx-lb-1', { cluster: 'gateway', port: 80, network, image: images.nginx });
      s.store('redis-master-1', { cluster: 'data', port: 6379, network, image: images.redis });
    }),
    complaints: ['nginx-lb-1 has no probe', 'redis-master-1 has no probe'],
  },
  {
    rule: 'commands',
    from: `${PLAN}, read replicas`,
    what: 'copies the primary with -W, which asks for a password nobody types, over a shell Alpine lacks',
    system: fragment((s, network) => {
      const postgres = foreign('postgres:15-alpine', 'sh', 'postgres', 'pg_basebackup', 'psql');
      s.store('postgres-replica-1', { cluster: 'data', port: 5432, network, image: postgres }).command(
        'bash',
        '-c',
        'until pg_basebackup -h postgres-primary -D /var/lib/postgresql/data -U replicator -v -P -W\ndo\n  sleep 1s\ndone',
      );
    }),
    complaints: [
      'postgres-replica-1 is started by bash, which postgres:15-alpine does not have',
      'postgres-replica-1: its command waits for a password that nobody types',
    ],
  },
  {
    rule: 'commands',
    from: `${SCALING}, Redis cluster and validation`,
    what: 'asks redis-cli --cluster for nodes, a word it does not know',
    system: fragment((s, network) => {
      s.store('lucid-redis-node-1', { cluster: 'data', port: 6379, network, image: images.redis }).probeBy({
        kind: 'command',
        command: ['redis-cli', '--cluster', 'nodes'],
      });
    }),
    complaints: ['lucid-redis-node-1: its probe gives redis-cli --cluster a word it does not know'],
  },
  {
    rule: 'ports',
    from: `${DEPLOYMENT}, health script`,
    what: 'asks a port that another service has claimed, and takes that answer for its own',
    system: fragment((s, network) => {
      s.service('lucid-blockchain-engine', {
        cluster: 'chain',
        port: 8084,
        network,
        image: ownImage('x'),
      }).probeBy({
        kind: 'http',
        path: '/health',
        port: 8085,
      });
    }),
    complaints: ['lucid-blockchain-engine is probed on a port it does not have'],
  },
];
