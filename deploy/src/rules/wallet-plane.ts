import type { Service, System } from '../model/types.ts';
import type { Rule } from './rule.ts';

/** The one way in from the other planes, the one way out of the machine, and who may take it. */
const DOOR = 'lucid-payment-gateway';
const PROXY = 'lucid-tron-egress-proxy';
const CLIENT = 'lucid-tron-client';

export const walletPlane: Rule = {
  name: 'wallet-plane',
  because: 'whoever can reach the wallets can empty them: one door in, one proxy out, everything else closed',
  check: (system) => [
    ...system.services.filter(({ plane }) => plane === 'wallet').flatMap((part) => openParts(system, part)),
    ...system.services.flatMap((service) => guests(system, service)),
    ...system.services.flatMap((service) => proxyUsers(system, service)),
  ],
};

/** A part on a network with a way out, other than the door and the proxy. */
function openParts(system: System, part: Service): string[] {
  if (part.name === DOOR || part.name === PROXY) return [];
  return system.networks
    .filter(({ name, internal }) => !internal && part.networks.includes(name))
    .map(({ name }) => `${part.name} is on ${name}, which is not internal`);
}

/** A part of another plane on a network that is the wallets' own. */
function guests(system: System, service: Service): string[] {
  if (service.plane === 'wallet') return [];
  const walletParts = system.services.filter(({ plane, name }) => plane === 'wallet' && name !== DOOR);
  return service.networks
    .filter((name) => walletParts.some(({ networks }) => networks.includes(name)))
    .map((name) => `${service.name} is on ${name}, where wallet parts are, and is not one of them`);
}

/** On Docker whoever shares a network with the proxy can use it, whatever the edges say. */
function proxyUsers(system: System, service: Service): string[] {
  if (service.name === CLIENT || service.name === PROXY) return [];
  const proxy = system.services.find(({ name }) => name === PROXY);
  const reaches = [...service.calls, ...service.reaches].includes(PROXY);
  const sees = proxy?.networks.some((name) => service.networks.includes(name)) ?? false;
  return reaches || sees ? [`${service.name} can reach ${PROXY}, which is for ${CLIENT} alone`] : [];
}
