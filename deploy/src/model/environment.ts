import { callersOf, findService, serviceUrl, urlVariable } from './edges.ts';
import type { Service, StoreUse, System, Volume } from './types.ts';

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
  const urls = service.calls.map((name) => {
    const callee = findService(system, name);
    return literal(urlVariable(name), callee ? serviceUrl(callee) : '');
  });
  const callers =
    service.kind === 'service' ? [literal('ALLOWED_CALLERS', callersOf(system, service.name).join(','))] : [];
  return [
    literal('SERVICE_NAME', service.name),
    { kind: 'port', name: 'PORT', port: service.port },
    ...service.extraPorts.map(({ variable, port }): Variable => ({ kind: 'port', name: variable, port })),
    ...urls,
    ...callers,
    ...Object.entries(service.env).map(([name, value]) => literal(name, value)),
    ...service.secrets.map(({ variable, secret }): Variable => ({ kind: 'secret', name: variable, secret })),
    ...service.uses.map((use): Variable => ({ kind: 'connection', name: use.variable, use })),
    ...service.volumes.map((volume): Variable => ({ kind: 'volume', name: volume.variable, volume })),
  ];
}

/** `mongodb://user:password@host:port/database?authSource=admin`; generated passwords need no escaping. */
export function connectionString(
  store: Service,
  use: StoreUse,
  password: string,
  authority = `${store.name}:${store.port}`,
): string {
  const scheme = store.access?.scheme ?? 'mongodb';
  const username = store.access?.username ?? 'lucid';
  return `${scheme}://${username}:${password}@${authority}/${use.database}?authSource=admin`;
}
