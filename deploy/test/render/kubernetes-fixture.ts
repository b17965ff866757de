// A small system with every feature the model has, those included that Kubernetes cannot say.
import { defineSystem } from '../../src/model/define-system.ts';
import { images } from '../../src/model/images.ts';

export const fixture = defineSystem('sample', (s) => {
  const home = s.network('sample-network', { subnet: '172.30.0.0/16' });
  const vault = s.network('sample-vault', { subnet: '172.31.0.0/24', internal: true });
  const uplink = s.network('sample-uplink', { subnet: '172.31.1.0/24' });
  s.network('sample-spare', { subnet: '172.31.2.0/24' });
  const password = s.secret('store_password', 'base64url-32');
  const signing = s.secret('signing-key', 'ed25519-pem');

  // a store of two members that a job joins, with a command, a config file and a file made of a secret
  const members = ['sample-store-1', 'sample-store-2'];
  const store = s.logicalStore({
    name: 'sample-store',
    scheme: 'redis',
    members,
    initialisedBy: ['sample-store-init'],
    port: 6379,
    username: '',
    passwordSecret: password.name,
  });
  for (const name of members)
    s.store(name, { cluster: 'data', port: 6379, network: home, image: images.redis })
      .config({ name: 'store.conf', mountPath: '/etc/store.conf', content: 'appendonly yes\noff\n' })
      .secretFile({ secret: password.name, name: 'store-auth.conf', template: 'requirepass {value}\n' })
      .command('sh', '-c', 'exec redis-server --port "$(echo 6379)" --name $$')
      .extraPort(undefined, 16_379)
      .volume(`${name}-data`, '/data')
      .probeBy({ kind: 'command', command: ['redis-cli', 'ping'] }, { startPeriodSeconds: 7 })
      .stopGrace(60)
      .pinned();
  s.job('sample-store-init', { cluster: 'data', app: 'apps/data/sample-init', network: home })
    .secret('STORE_PASSWORD', password)
    .restart({ maxAttempts: 4 })
    .startsAfter(...members);

  const keeper = s
    .service('sample-keeper', { cluster: 'sessions', port: 8084, network: home })
    .env({ MODE: 'off', TIME: '12:30', DOLLARS: '$(HOME) $$ $5', EMPTY: '', LINES: 'one\ntwo\n' })
    .uses(store, '0', 'REDIS_URI')
    .secret('SIGNING_KEY', signing)
    .volume('sample-keeper-data', '/data/own', { sizeGiB: 2 })
    .update({ parallelism: 2, order: 'start-first' })
    .scale(2, 4, { cpuPercent: 60, memoryPercent: 75 });
  const shelf = s
    .service('sample-shelf', { cluster: 'sessions', port: 8086, network: home })
    .volume('sample-shelf-data', '/data/all', { scope: 'shared', sizeGiB: 3 })
    .extraPort('HEALTH_PORT', 9000, { probe: true })
    .extraPort('FEED_PORT', 5353, { protocol: 'udp' })
    .update({ failureAction: 'pause', delaySeconds: 0 })
    .restart({ maxAttempts: 3 })
    .alias('the-shelf');
  const door = s
    .service('sample-door', { cluster: 'gateway', port: 8080, network: home })
    .startsAfter(keeper)
    .publishes(18_080)
    .scale(1, 3);
  const edge = s
    .support('sample-edge', { cluster: 'gateway', port: 80, network: home, image: images.haproxy })
    .publishedPort({ port: 443, target: 8443 })
    .probeBy({ kind: 'tcp', port: 80 })
    .reaches(door)
    .metricsAt(8404);

  // another plane: one way in, one way out
  const wallet = { cluster: 'tron', plane: 'wallet', network: vault } as const;
  const proxy = s
    .support('sample-proxy', { ...wallet, port: 3128, image: images.squid })
    .joins(uplink)
    .probeBy({ kind: 'tcp', port: 3128 });
  const safe = s
    .service('sample-safe', { ...wallet, port: 8087 })
    .reaches(proxy)
    .planned();
  const counter = s
    .service('sample-counter', { ...wallet, port: 8090 })
    .joins(home)
    .calls(safe)
    .planned();
  s.service('sample-desk', { cluster: 'rdp', port: 8091, network: home })
    .planned()
    .hostMount({ hostPath: '/proc', mountPath: '/host/proc' })
    .publishedPort({ port: 13_389, lastPort: 13_399, target: 13_389 })
    .calls(door);

  keeper.calls(shelf);
  shelf.calls(keeper);
  door.calls(keeper, counter);
  edge.startsAfter(door);
});
