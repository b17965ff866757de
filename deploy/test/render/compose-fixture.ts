// A system of a few parts with everything in it that a file of the Compose format has to say in some special way.
import { defineSystem } from '../../src/model/define-system.ts';
import type { Image } from '../../src/model/images.ts';
import { PROBE_TIMING } from '../../src/model/probe.ts';

const other = (name: string, programs: readonly string[], more: Partial<Image> = {}): Image => ({
  reference: `${name}:1.0`,
  ours: false,
  variable: `${name.toUpperCase().replaceAll('-', '_')}_IMAGE`,
  programs,
  user: undefined,
  readOnlyRoot: false,
  writable: [],
  ...more,
});

export const fixture = defineSystem('sample', (s) => {
  const network = s.network('sample-network', { subnet: '172.30.0.0/16' });
  const vault = s.network('sample-vault', { subnet: '172.31.0.0/24', internal: true });
  s.network('sample-spare', { subnet: '172.31.1.0/24' }); // nobody is on it
  const password = s.secret('store-password', 'base64url-32');
  const key = s.secret('vault-key', 'hex-32');
  const init = { cluster: 'data', network } as const;
  s.store('sample-store', { ...init, port: 6379, image: other('store', ['sh', 'store-cli']) })
    .command('sh', '-c', 'exec store --password "$(cat /run/secrets/store-password)" --price=$5')
    .secret('STORE_PASSWORD', password)
    .secretFile({ secret: password.name, name: 'store.conf', template: 'requirepass {value}\n' })
    .config({ name: 'store.ini', mountPath: '/etc/store.ini', content: `price = $5\nshell = \${HOME}\n` })
    .volume('store-data', '/data')
    .alias('the-store')
    .probeBy({ kind: 'command', command: ['store-cli', 'ping', '$HOST'] })
    .stopGrace(60)
    .pinned();
  s.job('sample-init', { ...init, app: 'apps/data/sample-init' })
    .env({ TASK: 'fill' })
    .restart({ maxAttempts: 5 })
    .startsAfter('sample-store');
  const store = s.logicalStore({
    name: 'sample-data',
    scheme: 'redis',
    members: ['sample-store'],
    initialisedBy: ['sample-init'],
    port: 6379,
    username: '',
    passwordSecret: password.name,
    options: {},
  });
  const worker = s
    .service('sample-worker', { cluster: 'sessions', port: 8084, network })
    .env({ PATTERN: `^a$|{{name}}|\${b}`, FLAG: 'off', EMPTY: '', COUNT: '007', LINES: 'one\ntwo' })
    .uses(store, '0', 'REDIS_URI')
    .volume('worker-data', '/data/own')
    .volume('common-data', '/data/common', { scope: 'shared', variable: 'COMMON_DIR' })
    .extraPort('HEALTH_PORT', 9000, { probe: true })
    .extraPort(undefined, 5353, { protocol: 'udp' })
    .resources({ cpus: 1, memoryMiB: 768 }, { cpus: 0.125, memoryMiB: 96 })
    .scale(3, 5);
  const api = s
    .service('sample-api', { cluster: 'gateway', port: 8080, network })
    .calls(worker)
    .startsAfter(worker)
    .publishes(8080)
    .probeBy({ kind: 'http', path: '/ping', port: 8080 }, { timeoutSeconds: 2 });
  worker.calls(api);
  const support = (name: string, programs: readonly string[]) =>
    s.support(name, {
      cluster: 'ops',
      network,
      port: 9090,
      image: other(name.replace('sample-', ''), programs),
    });
  support('sample-asks-by-curl', ['sh', 'curl', 'wget'])
    .probeBy({ kind: 'http', path: '/-/ready', port: 9090 })
    .startsAfter('sample-mute')
    .hostMount({ hostPath: '/proc', mountPath: '/host/proc' });
  support('sample-asks-by-wget', ['wget']).probeBy({ kind: 'http', path: '/ready?all=1', port: 9090 });
  support('sample-asks-by-bash', ['bash']).probeBy({ kind: 'http', path: '/ready', port: 9090 });
  support('sample-connects', ['bash']).probeBy({ kind: 'tcp', port: 9090 }, PROBE_TIMING);
  support('sample-mute', []).probeBy({ kind: 'http', path: '/ready', port: 9090 });
  support('sample-unasked', ['sh']);
  s.service('sample-desktop', { cluster: 'rdp', port: 8091, network })
    .planned()
    .calls(worker)
    .publishedPort({ port: 20_000, lastPort: 20_010, target: 30_000, host: '0.0.0.0', protocol: 'udp' })
    .update({ order: 'stop-first' })
    .scale(3, 4);
  s.service('sample-vault', { cluster: 'tron', plane: 'wallet', port: 8090, network: vault })
    .planned()
    .secret('VAULT_KEY', key)
    .config({ name: 'vault.ini', mountPath: '/etc/vault.ini', content: 'closed\n' })
    .volume('vault-data', '/data/vault')
    .startsAfter('sample-desktop')
    .pinned();
});
