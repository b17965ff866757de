import { ServiceBuilder, type ServiceInit } from './service-builder.ts';
import type { Store } from './store.ts';
import type { Network, Secret, SecretFormat, Service, ServiceKind, System } from './types.ts';

/** The pen `defineSystem` hands out. Declaration order is kept: it numbers the services' addresses. */
export interface SystemPen {
  network(name: string, options: { readonly subnet: string; readonly internal?: boolean }): Network;
  secret(name: string, format: SecretFormat): Secret;
  /** A database as its users see it; its members are services of their own. */
  logicalStore(store: Omit<Store, 'initialisedBy' | 'options'> & Partial<Store>): Store;
  service(name: string, init: ServiceInit): ServiceBuilder;
  store(name: string, init: ServiceInit): ServiceBuilder;
  job(name: string, init: Omit<ServiceInit, 'port'>): ServiceBuilder;
  support(name: string, init: ServiceInit): ServiceBuilder;
}

/** Draws a system: declare the parts, then the edges, and get one frozen graph. */
export function defineSystem(name: string, draw: (pen: SystemPen) => void): System {
  return extendSystem({ name, networks: [], secrets: [], stores: [], services: [] }, draw);
}

/** Draws more into a system that is there: a data tier, an edge, monitoring. What is there keeps its place. */
export function extendSystem(system: System, draw: (pen: SystemPen) => void): System {
  const networks: Network[] = [...system.networks];
  const secrets: Secret[] = [...system.secrets];
  const stores: Store[] = [...system.stores];
  const builders: ServiceBuilder[] = [];
  const add = (kind: ServiceKind, serviceName: string, init: ServiceInit) => {
    const builder = new ServiceBuilder(serviceName, kind, init);
    builders.push(builder);
    return builder;
  };
  draw({
    network: (networkName, options) =>
      declared(networks, { name: networkName, subnet: options.subnet, internal: options.internal ?? false }),
    secret: (secretName, format) => declared(secrets, { name: secretName, format }),
    logicalStore: (store) => declared(stores, { initialisedBy: [], options: {}, ...store }),
    service: (serviceName, init) => add('service', serviceName, init),
    store: (serviceName, init) => add('store', serviceName, init),
    job: (serviceName, init) => add('job', serviceName, { ...init, port: 0 }),
    support: (serviceName, init) => add('support', serviceName, init),
  });
  const added: Service[] = builders.map((builder) => builder.build());
  return Object.freeze({ ...system, networks, secrets, stores, services: [...system.services, ...added] });
}

function declared<T>(into: T[], one: T): T {
  into.push(one);
  return one;
}
