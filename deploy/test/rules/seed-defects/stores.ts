import type { SystemPen } from '../../../src/model/define-system.ts';
import { images, ownImage } from '../../../src/model/images.ts';
import type { Network } from '../../../src/model/types.ts';
import { DEPLOYMENT, type Defect, PLAN, SCALING } from '../support/defect.ts';
import { fragment } from '../support/fragment.ts';

const MONGOD = ['mongod', '--config', '/etc/mongod.conf', '--replSet', 'rs0'];
const REDIS = 'redis-server --appendonly yes --requirepass {value} --port 6379 --cluster-enabled yes';

function mongo(s: SystemPen, network: Network, names: readonly string[]): void {
  const password = s.secret('mongo-password', 'base64url-32');
  for (const name of names)
    s.store(name, { cluster: 'data', port: 27_017, network, image: images.mongo })
      .env({ MONGO_INITDB_ROOT_USERNAME: 'lucid' })
      .secret('MONGO_INITDB_ROOT_PASSWORD', password)
      .command(...MONGOD);
  s.logicalStore({
    name: 'lucid-mongodb',
    scheme: 'mongodb',
    members: names,
    port: 27_017,
    username: 'lucid',
    passwordSecret: password.name,
    options: { authSource: 'admin' },
  });
}

function redis(s: SystemPen, network: Network, lines: readonly string[], job: boolean): void {
  const password = s.secret('redis-password', 'base64url-32');
  const members = lines.map((line, at) => {
    const name = `lucid-redis-node-${at + 1}`;
    s.store(name, { cluster: 'data', port: 6379, network, image: images.redis }).command(...line.split(' '));
    return name;
  });
  const init = { cluster: 'data', network, image: ownImage('data-init') } as const;
  if (job) s.job('lucid-redis-init', init).startsAfter(...members.slice(1));
  s.logicalStore({
    name: 'lucid-redis',
    scheme: 'redis',
    members,
    initialisedBy: job ? ['lucid-redis-init'] : [],
    port: 6379,
    username: '',
    passwordSecret: password.name,
    options: { cluster: 'true' },
  });
}

export const stores: readonly Defect[] = [
  {
    rule: 'replica-set',
    from: `${DEPLOYMENT}, cluster 08`,
    what: 'starts one mongod as a replica set with a password and without a keyFile, initiated by hand',
    system: fragment((s, network) => mongo(s, network, ['lucid-mongodb'])),
    complaints: [
      'lucid-mongodb is a replica set, but its users are not told (replicaSet)',
      'lucid-mongodb asks for a password but has no keyFile for the other members',
      'lucid-mongodb is a replica set, but no job makes it one',
    ],
  },
  {
    rule: 'replica-set',
    from: `${SCALING}, MongoDB replica set`,
    what: 'lets every member make a root user of its own, so that none is empty and none can join',
    system: fragment((s, network) =>
      mongo(s, network, ['lucid-mongodb-primary', 'lucid-mongodb-secondary-1', 'lucid-mongodb-secondary-2']),
    ),
    complaints: [
      'lucid-mongodb is a replica set, but its users are not told (replicaSet)',
      'lucid-mongodb-primary asks for a password but has no keyFile for the other members',
      'lucid-mongodb-secondary-1 asks for a password but has no keyFile for the other members',
      'lucid-mongodb-secondary-2 asks for a password but has no keyFile for the other members',
      'lucid-mongodb-secondary-1 makes a second root user in lucid-mongodb',
      'lucid-mongodb-secondary-2 makes a second root user in lucid-mongodb',
      'lucid-mongodb is a replica set, but no job makes it one',
    ],
  },
  {
    rule: 'redis-cluster',
    from: `${SCALING}, Redis cluster`,
    what: 'starts three plain servers whose configuration says nothing of a cluster, joined by a script that sleeps',
    system: fragment((s, network) =>
      redis(s, network, ['redis-server', 'redis-server', 'redis-server'], false),
    ),
    complaints: [
      'lucid-redis-node-1 is a node of lucid-redis, but is not started as one (cluster-enabled)',
      'lucid-redis-node-2 is a node of lucid-redis, but is not started as one (cluster-enabled)',
      'lucid-redis-node-3 is a node of lucid-redis, but is not started as one (cluster-enabled)',
      'lucid-redis is a cluster, but no job makes it one',
    ],
  },
  {
    rule: 'redis-cluster',
    from: `${PLAN}, Redis cluster, shortened`,
    what: 'gives masters no masterauth, and replicas a replicaof, which a cluster refuses',
    system: fragment((s, network) =>
      redis(s, network, [REDIS, `${REDIS} --masterauth {value} --replicaof redis-master-1 6379`], true),
    ),
    complaints: [
      'lucid-redis has 2 nodes, which make 2 masters: 3 are the least',
      'lucid-redis-node-1 has requirepass without masterauth: as a replica it could not log in',
      'lucid-redis-init sets up lucid-redis without waiting for lucid-redis-node-1',
      'lucid-redis-node-2 has replicaof in a cluster, which Redis refuses: the cluster makes replicas',
    ],
  },
  {
    rule: 'search-cluster',
    from: `${SCALING}, Elasticsearch cluster`,
    what: 'finds nodes by hostnames that exist only while hostnames are fixed',
    system: fragment((s, network) => {
      const nodes = ['elasticsearch-node-1', 'elasticsearch-node-2', 'elasticsearch-node-3'];
      for (const node of nodes)
        s.store(`lucid-${node}`, { cluster: 'data', port: 9200, network, image: images.elasticsearch }).env({
          'node.name': node,
          'discovery.seed_hosts': nodes.filter((other) => other !== node).join(','),
          'cluster.initial_master_nodes': nodes.join(','),
        });
      s.logicalStore({
        name: 'lucid-elasticsearch',
        scheme: 'http',
        members: nodes.map((node) => `lucid-${node}`),
        port: 9200,
        username: '',
        passwordSecret: undefined,
      });
    }),
    complaints: [
      ...[
        [1, 2],
        [1, 3],
        [2, 1],
        [2, 3],
        [3, 1],
        [3, 2],
      ].map(
        ([node, other]) =>
          `lucid-elasticsearch-node-${node} looks for elasticsearch-node-${other}, which is no node of lucid-elasticsearch`,
      ),
      'lucid-elasticsearch is a cluster, but no job makes it one',
    ],
  },
  {
    rule: 'search-cluster',
    from: `${SCALING}, Elasticsearch cluster, with one node less`,
    what: 'would name leaders that are not there, when two nodes are to do',
    system: fragment((s, network) => {
      const nodes = ['elasticsearch-node-1', 'elasticsearch-node-2'];
      for (const node of nodes)
        s.store(node, { cluster: 'data', port: 9200, network, image: images.elasticsearch }).env({
          'cluster.initial_master_nodes': [...nodes, 'elasticsearch-node-3'].join(','),
        });
      s.job('lucid-elasticsearch-init', {
        cluster: 'data',
        network,
        image: ownImage('data-init'),
      }).startsAfter(...nodes);
      s.logicalStore({
        name: 'lucid-elasticsearch',
        scheme: 'http',
        members: nodes,
        initialisedBy: ['lucid-elasticsearch-init'],
        port: 9200,
        username: '',
        passwordSecret: undefined,
      });
    }),
    complaints: [
      'lucid-elasticsearch has two nodes: neither may lead without the other',
      'elasticsearch-node-1 begins with other leaders than the nodes of lucid-elasticsearch',
      'elasticsearch-node-2 begins with other leaders than the nodes of lucid-elasticsearch',
    ],
  },
];
