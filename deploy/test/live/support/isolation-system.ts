/**
 * Lucid as production draws it, cut down to what the isolation of the wallet plane is about. Networks, planes, edges,
 * doors, the proxy and Redis are the model's own; of our services only the names and surroundings are, and what runs in
 * them is the tiny service, on the same ports.
 */
import { ownImage } from '../../../src/model/images.ts';
import type { Service, System } from '../../../src/model/types.ts';
import { composeSystem } from '../../../src/profiles/compose-system.ts';
import { parseOverrides } from '../../../src/profiles/overrides.ts';
import { production } from '../../../src/profiles/production.ts';
import type { Profile } from '../../../src/profiles/profile.ts';
import { system as lucid } from '../../../src/system.ts';

export const NAME = 'lucid-isolation';
/** One of each other plane, the first with the only door to the outside. */
export const OUTSIDERS = ['lucid-api-gateway', 'lucid-blockchain-engine'] as const;
export const WAY_IN = 'lucid-payment-gateway';
export const WAY_OUT = 'lucid-tron-client';
export const PROXY = 'lucid-tron-egress-proxy';
const WALLETS = ['lucid-wallet-manager', 'lucid-payout-router', 'lucid-tron-mongodb', 'lucid-tron-redis'];
const KEPT = new Set<string>([...OUTSIDERS, WAY_IN, WAY_OUT, PROXY, ...WALLETS]);

const TINY = 'deploy/test/fixtures/tiny';
/** MongoDB has no image in the lab, and what it stores is beside the point here. */
const PRETENDED = ['lucid-tron-mongodb'];

const whole = composeSystem(
  lucid,
  production,
  parseOverrides(['edge=none', 'mesh=false', 'monitoring=false']),
);

export const system: System = cutDown(whole);

export const profiles: Readonly<Record<string, Profile>> = {
  isolation: { name: 'isolation', description: 'for tests', environment: production.environment },
};

function cutDown({ networks, secrets, stores, services }: System): System {
  const left = stores.filter(({ members }) => members.some((member) => KEPT.has(member)));
  const isKept = (name: string) => KEPT.has(name);
  const isLeft = ({ store }: Service['uses'][number]) => left.some(({ name }) => name === store);
  const kept = services
    .filter(({ name }) => isKept(name))
    .map(
      (service): Service => ({
        ...placeholder(service),
        status: 'built',
        calls: service.calls.filter(isKept),
        reaches: service.reaches.filter(isKept),
        startsAfter: service.startsAfter.filter(isKept),
        uses: service.uses.filter(isLeft),
      }),
    );
  return { name: NAME, networks, secrets, stores: left, services: kept };
}

function placeholder(service: Service): Service {
  if (!service.image.ours && !PRETENDED.includes(service.name)) return service;
  const { probe, port } = service;
  const check = { kind: 'http', path: '/health/ready', port } as const;
  const own = { app: TINY, image: ownImage('tiny'), command: undefined };
  return { ...service, ...own, probe: probe && { ...probe, check } };
}
