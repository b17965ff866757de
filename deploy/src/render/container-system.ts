/**
 * The composed system as containers see it: symbols of the model turned into variables, mounted secrets and published
 * ports. Every container target starts from here, so that they can only differ in how they say it.
 */
import { findStore } from '../model/edges.ts';
import { environmentOf, type Variable } from '../model/environment.ts';
import type { StoreUse } from '../model/store.ts';
import type { Network, PublishedPort, SecretFormat, Service, System } from '../model/types.ts';

/** Where targets mount secrets, each under its own name. */
export const SECRETS_DIR = '/run/secrets';
/** The gateway's listener for strangers, beside the one for its own kind. */
const DOOR_PORT = 8081;
const SERVICE_KEYS = 'service-keys.json';

/** Whose key it is, and by which name others know the owner. */
export type Identified = Pick<Service, 'name' | 'standsFor'>;

/** How the content of a mounted secret comes about. */
export type SecretSource =
  | { readonly kind: 'generated'; readonly format: SecretFormat }
  /** The private half of a service's own key. */
  | { readonly kind: 'identity'; readonly service: string }
  /** The public halves of all of them. */
  | { readonly kind: 'identity-list'; readonly services: readonly Identified[] }
  | { readonly kind: 'template'; readonly secret: string; readonly template: string }
  | { readonly kind: 'connection'; readonly use: StoreUse };

export interface ContainerSecret {
  /** File name, and the name in the target's own store of secrets. */
  readonly name: string;
  readonly source: SecretSource;
}

export interface ContainerService {
  readonly service: Service;
  /** Every variable with its final value; a secret is `NAME_FILE` with its path. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the secrets mounted at `/run/secrets/<name>`, sorted. */
  readonly secrets: readonly string[];
  readonly publishedPorts: readonly PublishedPort[];
  /** All ports it listens on, the main one first. */
  readonly ports: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[];
}

export interface ContainerSystem {
  readonly name: string;
  readonly networks: readonly Network[];
  readonly services: readonly ContainerService[];
  readonly secrets: readonly ContainerSecret[];
  readonly system: System;
}

/** Lowers a composed system. Order of services and secrets is that of the model. */
export function containerSystem(system: System): ContainerSystem {
  const secrets = new Map<string, ContainerSecret>();
  const services = system.services.map((service) => containerService(system, service, secrets));
  return { name: system.name, networks: system.networks, services, secrets: [...secrets.values()], system };
}

function containerService(
  system: System,
  service: Service,
  secrets: Map<string, ContainerSecret>,
): ContainerService {
  const environment: Record<string, string> = {};
  const mounted = new Set<string>();
  const mount = (name: string, source: SecretSource): string => {
    if (!secrets.has(name)) secrets.set(name, { name, source });
    mounted.add(name);
    return `${SECRETS_DIR}/${name}`;
  };
  if (service.image.ours) Object.assign(environment, runtimeOf(system, service));
  if (service.image.ours && service.kind === 'service') {
    environment.SERVICE_PRIVATE_KEY_FILE = mount(`identity-${service.name}`, {
      kind: 'identity',
      service: service.name,
    });
    environment.SERVICE_KEYS_FILE = mount(SERVICE_KEYS, {
      kind: 'identity-list',
      services: system.services.filter((each) => each.image.ours && each.kind === 'service').map(identified),
    });
  }
  for (const variable of environmentOf(system, service))
    Object.assign(environment, resolved(system, variable, mount));
  for (const file of service.secretFiles)
    mount(file.name, { kind: 'template', secret: file.secret, template: file.template });
  const door = doorOf(service);
  if (door) environment[door.variable] = `0.0.0.0:${DOOR_PORT}`;
  return {
    service,
    environment,
    secrets: [...mounted].sort(),
    publishedPorts: [...service.publishedPorts, ...(door && !door.behindEdge ? [published(door)] : [])],
    ports: portsOf(service, door !== undefined),
  };
}

const identified = ({ name, standsFor }: Service): Identified => ({ name, standsFor });
const doorOf = (service: Service) => service.publishes;

function published(door: NonNullable<Service['publishes']>): PublishedPort {
  return { host: door.host, port: door.port, lastPort: door.port, target: DOOR_PORT, protocol: 'tcp' };
}

function portsOf(service: Service, hasDoor: boolean): ContainerService['ports'] {
  if (service.kind === 'job') return [];
  return [
    { port: service.port, protocol: 'tcp' },
    ...service.extraPorts.map(({ port, protocol }) => ({ port, protocol })),
    ...(hasDoor ? [{ port: DOOR_PORT, protocol: 'tcp' as const }] : []),
  ];
}

/** What our images want to be told in a container: the heap they may use, and which network they are called on. */
function runtimeOf(system: System, service: Service): Record<string, string> {
  const home = system.networks.find((network) => network.name === service.networks[0]);
  return {
    NODE_OPTIONS: `--max-old-space-size=${service.memory.heapMiB}`,
    ...(service.kind === 'job' ? {} : { HOST: '0.0.0.0' }),
    ...(home && service.kind === 'service' ? { ADVERTISED_NETWORK: home.subnet } : {}),
  };
}

function resolved(
  system: System,
  variable: Variable,
  mount: (name: string, source: SecretSource) => string,
): Record<string, string> {
  switch (variable.kind) {
    case 'literal':
      return { [variable.name]: variable.value };
    case 'port':
      return { [variable.name]: String(variable.port) };
    case 'volume':
      return { [variable.name]: variable.volume.mountPath };
    case 'secret': {
      const format = system.secrets.find((secret) => secret.name === variable.secret)?.format ?? 'hex-32';
      return { [`${variable.name}_FILE`]: mount(variable.secret, { kind: 'generated', format }) };
    }
    case 'connection': {
      const { use } = variable;
      const store = findStore(system, use.store);
      if (!store) return {}; // the rules have refused such a model already
      const name = [use.store, use.database, 'uri'].filter((part) => part !== '').join('-');
      return { [`${variable.name}_FILE`]: mount(name, { kind: 'connection', use }) };
    }
  }
}
