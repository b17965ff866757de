import { calledName, urlVariable } from '../model/edges.ts';
import { environmentOf } from '../model/environment.ts';
import { type Rule, repeated } from './rule.ts';

export const edges: Rule = {
  name: 'edges',
  because: 'an edge gives its caller exactly one URL, and ends at a service that is there',
  check: (system) =>
    system.services.flatMap((service) => {
      const names = system.services.map((known) => known.name);
      const variables = environmentOf(system, service);
      const isBuilt = (name: string) =>
        Number(system.services.find((other) => other.name === name)?.status === 'built');
      const dangling = [...service.calls, ...service.reaches, ...service.startsAfter].filter(
        (name) => !names.includes(name),
      );
      const shared = new Map(system.services.map((each) => [each.name, calledName(each)]));
      const urlOf = (name: string) => urlVariable(shared.get(name) ?? name);
      const withoutUrl = service.calls.filter(
        (name) =>
          isBuilt(name) >= isBuilt(service.name) &&
          (service.standsFor === undefined || shared.get(name) !== service.standsFor) && // of one name: told where each is by what made them several
          !variables.some((v) => v.kind === 'literal' && v.name === urlOf(name) && v.value !== ''),
      );
      const toStores = service.calls.filter(
        (name) => system.services.find((other) => other.name === name)?.kind === 'store',
      );
      return [
        ...dangling.map((name) => `${service.name} points at ${name}, which is not declared`),
        ...withoutUrl.map((name) => `${service.name} calls ${name} but gets no ${urlOf(name)}`),
        ...toStores.map((name) => `${service.name} calls the store ${name}; a store is used, not called`),
        ...(service.calls.includes(service.name) ? [`${service.name} calls itself`] : []),
        ...repeated(variables.map((v) => v.name)).map((name) => `${service.name} gets ${name} twice`),
      ];
    }),
};
