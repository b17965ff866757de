/** A small system with one of everything, drawn as it should be: replica set, cluster, edge, wallets, monitoring. */
import { defineSystem, type SystemPen } from '../../../src/model/define-system.ts';
import { images, ownImage } from '../../../src/model/images.ts';
import type { Network } from '../../../src/model/types.ts';

const THREE = [1, 2, 3] as const;
const KEY_FILE = 'mongod --replSet rs0 --keyFile /run/keyfile --wiredTigerCacheSizeGB 0.2';
const INIT = { cluster: 'data', image: ownImage('data-init') } as const;

export const healthy = defineSystem('healthy', (s) => {
  const network = s.network('lucid-network', { subnet: '172.20.0.0/16' });
  const mongo = replicaSet(s, network);
  const redis = redisCluster(s, network);
  const auth = s
    .service('lucid-auth-service', { cluster: 'identity', port: 8089, network })
    .uses(mongo, 'lucid');
  const gateway = s
    .service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network })
    .uses(redis, '0', 'REDIS_URI')
    .env({ LOG_LEVEL: 'INFO' })
    .startsAfter(auth)
    .calls(auth)
    .scale(2, 4);
  s.support('lucid-edge', { cluster: 'gateway', port: 8080, network, image: images.haproxy })
    .publishedPort({ port: 443, target: 8443 })
    .extraPort(undefined, 8443)
    .reaches(gateway)
    .probeBy({ kind: 'http', path: '/health', port: 8080 })
    .scale(2, 3);
  wallets(s, network);
  monitoring(s, network);
});

function replicaSet(s: SystemPen, network: Network) {
  const password = s.secret('mongo-password', 'base64url-32');
  const keyFile = s.secret('mongo-keyfile', 'base64-756');
  const members = THREE.map((number) => {
    const member = s
      .store(`lucid-mongodb-${number}`, { cluster: 'data', port: 27_017, network, image: images.mongo })
      .command(...KEY_FILE.split(' '))
      .secret('MONGO_KEYFILE', keyFile)
      .probeBy({ kind: 'command', command: ['mongosh', '--quiet', '--eval', 'quit(0)'] })
      .volume(`mongo-${number}`, '/data/db');
    if (number === 1) member.secret('MONGO_INITDB_ROOT_PASSWORD', password);
    return member.name;
  });
  s.job('lucid-mongodb-init', { ...INIT, network }).startsAfter(...members);
  s.support('lucid-mongodb-exporter', { cluster: 'data', port: 9216, network, image: images.mongoExporter })
    .reaches(...members)
    .probeBy({ kind: 'http', path: '/', port: 9216 })
    .metricsAt(9216);
  return s.logicalStore({
    name: 'lucid-mongodb',
    scheme: 'mongodb',
    members,
    initialisedBy: ['lucid-mongodb-init'],
    port: 27_017,
    username: 'lucid',
    passwordSecret: password.name,
    options: { replicaSet: 'rs0' },
  });
}

function redisCluster(s: SystemPen, network: Network) {
  const password = s.secret('redis-password', 'base64url-32');
  const ping = 'test "$(REDISCLI_AUTH="$(cat /run/secrets/redis-password)" redis-cli ping)" = PONG';
  const members = THREE.map((number) => {
    const name = `lucid-redis-node-${number}`;
    s.store(name, { cluster: 'data', port: 6379, network, image: images.redis })
      .command('redis-server', '/redis.conf', '--cluster-enabled', 'yes', '--maxmemory', '256mb')
      .secret('REDIS_PASSWORD', password)
      .secretFile({
        secret: password.name,
        name: 'redis-password.conf',
        template: 'requirepass {value}\nmasterauth {value}\n',
      })
      .probeBy({ kind: 'command', command: ['sh', '-c', ping] });
    s.support(`${name}-exporter`, { cluster: 'data', port: 9121, network, image: images.redisExporter })
      .reaches(name)
      .probeBy({ kind: 'http', path: '/health', port: 9121 })
      .metricsAt(9121);
    return name;
  });
  s.job('lucid-redis-init', { ...INIT, network }).startsAfter(...members);
  return s.logicalStore({
    name: 'lucid-redis',
    scheme: 'redis',
    members,
    initialisedBy: ['lucid-redis-init'],
    port: 6379,
    username: '',
    passwordSecret: password.name,
    options: { cluster: 'true' },
  });
}

function wallets(s: SystemPen, open: Network): void {
  const network = s.network('lucid-tron-network', { subnet: '172.21.0.0/16', internal: true });
  const egress = s.network('lucid-tron-egress', { subnet: '172.22.0.0/24', internal: true });
  const uplink = s.network('lucid-tron-uplink', { subnet: '172.22.1.0/24' });
  const tron = { cluster: 'tron', plane: 'wallet', network } as const;
  s.support('lucid-tron-egress-proxy', { ...tron, network: egress, port: 3128, image: images.squid })
    .planned()
    .joins(uplink)
    .config({
      name: 'squid.conf',
      mountPath: '/squid.conf',
      content: 'acl allowed dstdomain api.trongrid.io\n',
    })
    .probeBy({ kind: 'command', command: ['squid', '-k', 'check'] });
  const client = s
    .service('lucid-tron-client', { ...tron, port: 8085 })
    .planned()
    .joins(egress)
    .env({ TRON_API_URL: 'https://api.trongrid.io', HTTPS_PROXY: 'http://lucid-tron-egress-proxy:3128' })
    .reaches('lucid-tron-egress-proxy');
  s.service('lucid-payment-gateway', { ...tron, port: 8090 })
    .planned()
    .joins(open)
    .calls(client);
}

function monitoring(s: SystemPen, network: Network): void {
  s.support('lucid-prometheus', { cluster: 'ops', port: 9090, network, image: images.prometheus })
    .config({
      name: 'rules.yml',
      mountPath: '/etc/prometheus/rules.yml',
      content: 'groups:\n  - rules:\n      - expr: up{job=~"lucid-.*", service!="lucid-edge"} == 0\n',
    })
    .publishedPort({ host: '127.0.0.1', port: 9090, target: 9090 })
    .probeBy({ kind: 'http', path: '/-/ready', port: 9090 })
    .metricsAt(9090);
}
