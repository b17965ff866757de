import { ServiceBuilder, type ServiceInit } from './service-builder.ts';
import type { Network, Secret, SecretFormat, System } from './types.ts';

/** The pen `defineSystem` hands out. Declaration order is kept: it numbers the services' addresses. */
export interface SystemPen {
  network(name: string, options: { readonly subnet: string; readonly internal?: boolean }): Network;
  secret(name: string, format: SecretFormat): Secret;
  service(name: string, init: ServiceInit): ServiceBuilder;
  store(name: string, init: ServiceInit): ServiceBuilder;
}

/** Draws a system: declare the parts, then the edges, and get one frozen graph. */
export function defineSystem(name: string, draw: (pen: SystemPen) => void): System {
  const networks: Network[] = [];
  const secrets: Secret[] = [];
  const builders: ServiceBuilder[] = [];
  const add = (kind: 'service' | 'store') => (serviceName: string, init: ServiceInit) => {
    const builder = new ServiceBuilder(serviceName, kind, init);
    builders.push(builder);
    return builder;
  };
  draw({
    network: (networkName, options) => {
      const network = { name: networkName, subnet: options.subnet, internal: options.internal ?? false };
      networks.push(network);
      return network;
    },
    secret: (secretName, format) => {
      const secret = { name: secretName, format };
      secrets.push(secret);
      return secret;
    },
    service: add('service'),
    store: add('store'),
  });
  return Object.freeze({ name, networks, secrets, services: builders.map((builder) => builder.build()) });
}
