import type { Rule } from './rule.ts';

export const networks: Rule = {
  name: 'networks',
  because:
    'an edge needs a network both ends are on, an internal network publishes nothing, planes stay apart',
  check: (system) =>
    system.services.flatMap((service) => {
      const own = system.networks.filter((network) => service.networks.includes(network.name));
      const unknown = service.networks.filter((name) => !own.some((network) => network.name === name));
      const targets = [...service.calls, ...service.uses.map((use) => use.store)].flatMap(
        (name) => system.services.find((other) => other.name === name) ?? [],
      );
      return [
        ...unknown.map((name) => `${service.name} is on the unknown network ${name}`),
        ...targets
          .filter((target) => !target.networks.some((name) => service.networks.includes(name)))
          .map((target) => `${service.name} and ${target.name} have an edge but no network in common`),
        ...targets
          .filter(
            (target) =>
              (target.plane === 'wallet') !== (service.plane === 'wallet') && target.kind !== 'store',
          )
          .map((target) => `${service.name} crosses the wallet plane to ${target.name}`),
        ...(service.publishes && own.some((network) => network.internal)
          ? [`${service.name} publishes a port from an internal network`]
          : []),
      ];
    }),
};
