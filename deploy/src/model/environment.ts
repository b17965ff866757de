import { calledName, callersOf, findService, serviceUrl, urlVariable } from './edges.ts';
import type { StoreUse } from './store.ts';
import type { Service, System, Volume } from './types.ts';

/**
 * One variable of a service's environment, before an engine gives it a value.
 * Only engines know file paths and instance addresses, so those stay symbolic here.
 */
export type Variable =
  | { readonly kind: 'literal'; readonly name: string; readonly value: string }
  | { readonly kind: 'port'; readonly name: string; readonly port: number }
  | { readonly kind: 'secret'; readonly name: string; readonly secret: string }
  | { readonly kind: 'volume'; readonly name: string; readonly volume: Volume }
  | { readonly kind: 'connection'; readonly name: string; readonly use: StoreUse };

/** Everything the model alone can say about a service's environment: identity, edges, secrets, volumes. */
export function environmentOf(system: System, service: Service): Variable[] {
  const literal = (name: string, value: string): Variable => ({ kind: 'literal', name, value });
  const extra = service.extraPorts.flatMap(({ variable, port }): Variable[] =>
    variable === undefined ? [] : [{ kind: 'port', name: variable, port }],
  );
  const volumes = service.volumes.flatMap((volume): Variable[] =>
    volume.variable === undefined ? [] : [{ kind: 'volume', name: volume.variable, volume }],
  );
  return [
    ...identityOf(system, service),
    ...extra,
    ...Object.entries(service.env).map(([name, value]) => literal(name, value)),
    ...service.secrets.map(({ variable, secret }): Variable => ({ kind: 'secret', name: variable, secret })),
    ...service.uses.map((use): Variable => ({ kind: 'connection', name: use.variable, use })),
    ...volumes,
  ];
}

/** What our own code wants to know of itself and its neighbours; other people's software asks for none of it. */
function identityOf(system: System, service: Service): Variable[] {
  const literal = (name: string, value: string): Variable => ({ kind: 'literal', name, value });
  if (!service.image.ours) return [];
  const named = literal('SERVICE_NAME', calledName(service));
  if (service.kind === 'job') return [named];
  const urls = new Map(
    livingCallees(system, service)
      .filter((callee) => !areOne(service, callee))
      .map((callee) => [urlVariable(calledName(callee)), serviceUrl(callee)]),
  );
  const callers = [...new Set(livingCallers(system, service).map(calledName))].join(',');
  return [
    named,
    { kind: 'port', name: 'PORT', port: service.port },
    ...[...urls].map(([name, value]) => literal(name, value)),
    ...(service.kind === 'service' ? [literal('ALLOWED_CALLERS', callers)] : []),
  ];
}

/** Those that share a name cannot find each other by it: whoever made them several says where each is. */
function areOne(one: Service, other: Service): boolean {
  return one.standsFor !== undefined && one.standsFor === other.standsFor;
}

/** What is built is told of nobody who is not: an address that leads nowhere helps no one. */
function livingCallees(system: System, service: Service): Service[] {
  const callees = service.calls.flatMap((name) => findService(system, name) ?? []);
  return service.status === 'planned' ? callees : callees.filter((callee) => callee.status === 'built');
}

/** And nobody who is not there yet is let in. */
function livingCallers(system: System, service: Service): Service[] {
  const callers = callersOf(system, service.name).flatMap((name) => findService(system, name) ?? []);
  return service.status === 'planned' ? callers : callers.filter(({ status }) => status === 'built');
}
