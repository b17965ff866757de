import type { Service, System } from '../model/types.ts';
import type { Rule } from './rule.ts';

/** Into the wallet plane leads one door: a service of it that is on a network of the others as well. */
function mayCross(system: System, from: Service, to: Service): boolean {
  if (from.plane !== 'wallet' && to.plane !== 'wallet') return true;
  if (to.plane !== 'wallet') return false;
  const open = system.networks.filter((network) => !network.internal).map((network) => network.name);
  return from.networks.some((name) => open.includes(name) && to.networks.includes(name));
}

export const networks: Rule = {
  name: 'networks',
  because:
    'an edge needs a network both ends are on, an internal network publishes nothing, planes stay apart',
  check: (system) =>
    system.services.flatMap((service) => {
      const own = system.networks.filter((network) => service.networks.includes(network.name));
      const unknown = service.networks.filter((name) => !own.some((network) => network.name === name));
      const members = service.uses.flatMap(
        (use) => system.stores.find((store) => store.name === use.store)?.members ?? [],
      );
      const targets = [...service.calls, ...service.reaches, ...members].flatMap(
        (name) => system.services.find((other) => other.name === name) ?? [],
      );
      return [
        ...unknown.map((name) => `${service.name} is on the unknown network ${name}`),
        ...targets
          .filter((target) => !target.networks.some((name) => service.networks.includes(name)))
          .map((target) => `${service.name} and ${target.name} have an edge but no network in common`),
        ...targets
          .filter((target) => target.plane !== service.plane && !mayCross(system, service, target))
          .map((target) => `${service.name} crosses the wallet plane to ${target.name}`),
        ...((service.publishes || service.publishedPorts.length > 0) &&
        own.some((network) => network.internal)
          ? [`${service.name} publishes a port from an internal network`]
          : []),
      ];
    }),
};
