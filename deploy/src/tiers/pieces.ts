import type { SystemPen } from '../model/define-system.ts';
import { ownImage } from '../model/images.ts';
import type { ServiceBuilder } from '../model/service-builder.ts';
import type { Network, Secret, System } from '../model/types.ts';

/** The network of that name; a tier that draws on a system without it is a mistake in the tier. */
export function networkOf(system: System, name: string): Network {
  return required(
    system.networks.find((network) => network.name === name),
    `network ${name}`,
  );
}

/** The secret of that name. */
export function secretOf(system: System, name: string): Secret {
  return required(
    system.secrets.find((secret) => secret.name === name),
    `secret ${name}`,
  );
}

/** The system without these services and logical stores, to draw other ones in their place. */
export function withoutServices(
  system: System,
  services: readonly string[],
  stores: readonly string[],
): System {
  return {
    ...system,
    services: system.services.filter(({ name }) => !services.includes(name)),
    stores: system.stores.filter(({ name }) => !stores.includes(name)),
  };
}

/** The job that makes fresh members of a store one that works together; what it does is in its variables. */
export function drawInitJob(s: SystemPen, name: string, network: Network): ServiceBuilder {
  return s.job(name, {
    cluster: 'data',
    network,
    app: 'apps/data/data-init',
    image: ownImage('data-init'),
  });
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the system has no ${what}`);
  return value;
}
