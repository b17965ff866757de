import { describe, expect, it } from 'vitest';
import { defineSystem } from '../src/model/define-system.ts';
import { callersOf, findService, findStore, urlVariable } from '../src/model/edges.ts';
import { environmentOf } from '../src/model/environment.ts';
import { prerequisitesOf, startOrder } from '../src/model/start-order.ts';
import { connectionString } from '../src/model/store.ts';
import type { Service, System } from '../src/model/types.ts';
import { composeSystem } from '../src/profiles/compose-system.ts';
import { development } from '../src/profiles/environments.ts';
import { profiles } from '../src/profiles/index.ts';
import { applyProfile, requireProfile } from '../src/profiles/profile.ts';
import { problemsOf } from '../src/rules/index.ts';
import { system } from '../src/system.ts';

const service = (name: string): Service => {
  const found = findService(system, name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const literals = (name: string, of: System = system): Record<string, string> => {
  const target = findService(of, name);
  if (!target) throw new Error(`no ${name}`);
  return Object.fromEntries(
    environmentOf(of, target).flatMap((v) => (v.kind === 'literal' ? [[v.name, v.value]] : [])),
  );
};
/** The system with one service changed, to break it on purpose. */
const broken = (name: string, change: Partial<Service>): string[] =>
  problemsOf({
    ...system,
    services: system.services.map((each) => (each.name === name ? { ...each, ...change } : each)),
  });

describe('the system', () => {
  it('breaks no rule in any profile', () => {
    for (const profile of Object.values(profiles)) {
      expect(problemsOf(composeSystem(system, profile)), profile.name).toEqual([]);
    }
  });

  it('has every part on the port the guides give it', () => {
    expect(Object.fromEntries(system.services.map(({ name, port }) => [name, port]))).toEqual({
      'lucid-rdp-manager': 8090,
      'lucid-xrdp': 8091,
      'lucid-session-controller': 8092,
      'lucid-resource-monitor': 8093,
      'lucid-node-management': 8095,
      'lucid-admin-interface': 8083,
      'lucid-tron-mongodb': 27017,
      'lucid-tron-redis': 6379,
      'lucid-tron-egress-proxy': 3128,
      'lucid-tron-client': 8085,
      'lucid-payout-router': 8086,
      'lucid-wallet-manager': 8087,
      'lucid-usdt-manager': 8088,
      'lucid-trx-staking': 8089,
      'lucid-payment-gateway': 8090,
      'lucid-mongodb': 27017,
      'lucid-auth-service': 8089,
      'lucid-api-gateway': 8080,
      'lucid-session-api': 8087,
      'lucid-session-pipeline': 8083,
      'lucid-session-recorder': 8084,
      'lucid-session-keys': 8090,
      'lucid-chunk-processor': 8085,
      'lucid-session-storage': 8086,
      'lucid-session-anchoring': 8085,
      'lucid-blockchain-engine': 8084,
    });
  });

  it('gives every caller the URL of everybody it calls, and every callee the list of its callers', () => {
    const built = system.services.filter((each) => each.status === 'built');
    for (const caller of built) {
      for (const callee of caller.calls.filter((name) => service(name).status === 'built')) {
        const { port } = service(callee);
        expect(literals(caller.name)[urlVariable(callee)]).toBe(`http://${callee}:${port}`);
        expect(literals(callee).ALLOWED_CALLERS?.split(',')).toContain(caller.name);
      }
    }
    expect(literals('auth-service').ALLOWED_CALLERS).toBe('lucid-api-gateway');
    expect(service('auth-service').calls).toEqual([]);
    expect(callersOf(system, 'lucid-session-storage')).toEqual([
      'lucid-session-keys',
      'lucid-chunk-processor',
      'lucid-session-pipeline',
      'lucid-session-api',
    ]);
  });

  it('spells the URL variables like the seeds', () => {
    expect(urlVariable('lucid-auth-service')).toBe('AUTH_SERVICE_URL');
    expect(urlVariable('lucid-blockchain-engine')).toBe('BLOCKCHAIN_ENGINE_URL');
  });

  it('starts stores first and the gateway last, although session-api and pipeline call each other', () => {
    const built = system.services.filter((each) => each.status === 'built');
    const order = startOrder({ ...system, services: built });
    expect(service('session-api').calls).toContain('lucid-session-pipeline');
    expect(service('session-pipeline').calls).toContain('lucid-session-api');
    expect(order.ok && order.tiers[0]).toEqual(['lucid-mongodb']);
    expect(order.ok && order.tiers.at(-1)).toEqual(['lucid-api-gateway']);
  });

  it('holds no secret in plain text and one key-encryption key at one service', () => {
    const holders = system.services.filter((each) =>
      each.secrets.some((s) => s.variable === 'ENCRYPTION_KEY'),
    );
    expect(holders.map((each) => each.name)).toEqual(['lucid-session-keys']);
  });

  it('lets nobody keep plaintext in freed memory through whose hands it goes', () => {
    for (const name of ['session-recorder', 'chunk-processor'])
      expect(Number(literals(name).MALLOC_PERTURB_), name).toBeGreaterThan(0);
  });

  it('gives processors no database and no secret of their own', () => {
    expect(service('chunk-processor')).toMatchObject({ uses: [], secrets: [] });
  });

  it('tells what is built of nobody who is not, and lets nobody in who is not', () => {
    expect(literals('api-gateway').RDP_MANAGER_URL).toBeUndefined();
    expect(literals('auth-service').ALLOWED_CALLERS).toBe('lucid-api-gateway');
    expect(literals('rdp-manager').API_GATEWAY_URL).toBe('http://lucid-api-gateway:8080');
  });

  it('writes connection strings per database', () => {
    const use = service('session-anchoring').uses[0];
    const store = findStore(system, 'lucid-mongodb');
    expect(use && store && connectionString(store, use, 'pw')).toBe(
      'mongodb://lucid:pw@lucid-mongodb:27017/lucid_blocks?authSource=admin',
    );
  });
});

describe('the dev profile', () => {
  it('asks for health more often than production, and is as patient', () => {
    const probeIn = (name: string) => {
      const dev = composeSystem(system, requireProfile(profiles, name));
      return findService(dev, 'session-api')?.probe;
    };
    expect(probeIn('production')).toMatchObject({ intervalSeconds: 30, timeoutSeconds: 10, retries: 3 });
    expect(probeIn('dev')).toMatchObject({ intervalSeconds: 5, timeoutSeconds: 5, retries: 18 });
  });

  it('makes blocks fast and limits generous, where production makes them slow and tight', () => {
    const dev = applyProfile(system, requireProfile(profiles, 'dev'));
    expect(literals('blockchain-engine', dev).BLOCK_TIME_SECONDS).toBe('5');
    expect(literals('blockchain-engine').BLOCK_TIME_SECONDS).toBe('10');
    expect(literals('api-gateway', dev)).toMatchObject({
      RATE_LIMIT_PUBLIC_REQ_PER_MIN: '10000',
      RATE_LIMIT_AUTH_REQ_PER_MIN: '100000',
      RATE_LIMIT_ADMIN_REQ_PER_MIN: '1000000',
      ENVIRONMENT: 'development',
    });
  });

  it('is one of those there are, and asking for another names them', () => {
    expect(() => requireProfile(profiles, 'huge')).toThrow('no such profile: huge (known: dev, production,');
    expect(() => requireProfile(profiles, 'toString')).toThrow('no such profile');
  });

  it('cannot overlay a service that does not exist', () => {
    const profile = {
      name: 'x',
      description: '',
      environment: development,
      services: { 'lucid-nobody': {} },
    };
    expect(() => composeSystem(system, profile)).toThrow('no such service: lucid-nobody');
  });
});

describe('the rules', () => {
  it.each<[string, string, Partial<Service>, string]>([
    ['a name used twice', 'lucid-auth-service', { name: 'lucid-mongodb' }, 'lucid-mongodb is declared twice'],
    ['an edge to nowhere', 'lucid-auth-service', { calls: ['lucid-ghost'] }, 'points at lucid-ghost'],
    ['a call to a store', 'lucid-auth-service', { calls: ['lucid-mongodb'] }, 'a store is used, not called'],
    ['a start cycle', 'lucid-mongodb', { startsAfter: ['lucid-api-gateway'] }, 'they wait for each other'],
    [
      'too many replicas',
      'lucid-blockchain-engine',
      { replicas: 2 },
      'has 2 replicas but scales from 1 to 1',
    ],
    ['a port out of range', 'lucid-auth-service', { port: 0 }, 'has no valid port: 0'],
    [
      'a plain-text secret',
      'lucid-auth-service',
      { env: { JWT_SECRET: 'x' } },
      'has JWT_SECRET as plain text',
    ],
    ['an unknown network', 'lucid-auth-service', { networks: ['moon'] }, 'unknown network moon'],
    [
      'a crossing into the wallet plane',
      'lucid-auth-service',
      { plane: 'wallet' },
      'crosses the wallet plane',
    ],
    [
      'a second door on the same address',
      'lucid-auth-service',
      { publishes: { variable: 'PUBLISH_ADDRESS', host: '127.0.0.1', port: 8080, behindEdge: false } },
      'two services publish 127.0.0.1:8080',
    ],
  ])('see %s', (_what, name, change, complaint) => {
    expect(broken(name, change).join('\n')).toContain(complaint);
  });
});

describe('drawing a system', () => {
  it('implies that a store starts before whoever uses it', () => {
    const drawn = defineSystem('two', (s) => {
      const network = s.network('n', { subnet: '10.0.0.0/16' });
      const server = s.store('lucid-store', { cluster: 'data', port: 1, network });
      const store = s.logicalStore({
        name: 'lucid-store',
        scheme: 'mongodb',
        members: [server.name],
        port: 1,
        username: 'lucid',
        passwordSecret: undefined,
      });
      s.service('lucid-user', { cluster: 'ops', port: 2, network }).uses(store, 'db').startsAfter(server);
    });
    expect(drawn.services[1] && prerequisitesOf(drawn, drawn.services[1])).toEqual(['lucid-store']);
    expect(drawn.services[1]?.app).toBe('apps/ops/user');
    expect(startOrder(drawn)).toEqual({ ok: true, tiers: [['lucid-store'], ['lucid-user']] });
  });
});
