import type { Store } from './store.ts';
import type { Service, System } from './types.ts';

/** `lucid-session-api` → `SESSION_API_URL`, the seeds' spelling. */
export function urlVariable(serviceName: string): string {
  return `${serviceName
    .replace(/^lucid-/, '')
    .replaceAll('-', '_')
    .toUpperCase()}_URL`;
}

/** The name a service is called by and signs with: its own, or the one that several share. */
export function calledName({ name, standsFor }: Pick<Service, 'name' | 'standsFor'>): string {
  return standsFor ?? name;
}

/** The address every caller uses, whatever runs the system: the name is resolved by DNS, the port is the seeds'. */
export function serviceUrl(service: Service): string {
  return `http://${calledName(service)}:${service.port}`;
}

/** Names of the services whose edges end at `name`, in declaration order. */
export function callersOf(system: System, name: string): string[] {
  return system.services.filter((service) => service.calls.includes(name)).map((service) => service.name);
}

/** Looks a service up by its name, with or without the `lucid-` prefix. */
export function findService(system: System, name: string): Service | undefined {
  return system.services.find((service) => service.name === name || service.name === `lucid-${name}`);
}

/** All services that are called by this name, with or without the `lucid-` prefix: one, or those that share it. */
export function servicesCalled(system: System, name: string): Service[] {
  return system.services.filter((service) => [name, `lucid-${name}`].includes(calledName(service)));
}

/** The store of that name. */
export function findStore(system: System, name: string): Store | undefined {
  return system.stores.find((store) => store.name === name);
}
