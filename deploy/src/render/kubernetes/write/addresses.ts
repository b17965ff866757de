/** Services: the names by which pods find each other, and the doors for those who are not pods. */
import type { Service as Part, PublishedPort, System } from '../../../model/types.ts';
import type { ContainerService } from '../../container-system.ts';
import type { Service } from '../manifest/objects.ts';
import { aliasLabel, NAME_LABEL } from '../names.ts';
import { portName, upper } from './container.ts';
import { metadataOf, sharedMetadata } from './labels.ts';
import type { Plan } from './plan.ts';

/** No address of its own: its name is the addresses of all ready pods, and callers choose among them. */
export function headlessServiceOf({ system }: Plan, { service, ports }: ContainerService): Service[] {
  if (ports.length === 0) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(system, service),
      spec: {
        clusterIP: 'None',
        ...(isFoundEarly(system, service) ? { publishNotReadyAddresses: true as const } : {}),
        selector: { [NAME_LABEL]: service.name },
        ports: servicePorts(ports),
      },
    },
  ];
}

/** A further name is a Service of its own, for all pods that bear it. */
export function aliasServicesOf({ system }: Plan, among: readonly ContainerService[]): Service[] {
  const aliases = [...new Set(among.flatMap(({ service }) => service.aliases))].sort();
  return aliases.map((alias) => {
    const bearers = among.filter(({ service }) => service.aliases.includes(alias));
    const ports = bearers.flatMap((bearer) => bearer.ports);
    const early = bearers.some(
      ({ service }) => service.standsFor !== alias && isFoundEarly(system, service), // strangers are led to the ready ones
    );
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: sharedMetadata(system, alias),
      spec: {
        clusterIP: 'None',
        ...(early ? { publishNotReadyAddresses: true as const } : {}),
        selector: { [aliasLabel(alias)]: 'true' },
        ports: servicePorts(ports.filter((port, at) => at === ports.findIndex((each) => same(each, port)))),
      },
    };
  });
}

/**
 * The doors. What is published on a loopback address is for the person at the machine: a Service to forward to, which
 * opens nothing. Anything else is a port of every node that has such a pod, because only there the caller's own
 * address is seen, by which the edge counts and limits.
 */
export function publishedServicesOf(
  { system }: Plan,
  { service, publishedPorts }: ContainerService,
): Service[] {
  const local = publishedPorts.filter(isLoopback);
  const open = publishedPorts.filter((port) => !isLoopback(port));
  const doors: Service[] = [];
  if (local.length > 0) doors.push(doorOf(system, service, local, { type: 'ClusterIP' }));
  if (open.length > 0) {
    const sticky = open.some(isRange) ? { sessionAffinity: 'ClientIP' as const } : {};
    doors.push(
      doorOf(system, service, open, { type: 'NodePort', externalTrafficPolicy: 'Local', ...sticky }),
    );
  }
  return doors;
}

export const isLoopback = ({ host }: PublishedPort) => host === 'localhost' || host.startsWith('127.');
export const isRange = ({ port, lastPort }: PublishedPort) => lastPort > port;

function doorOf(
  system: System,
  service: Part,
  published: readonly PublishedPort[],
  type: Pick<Service['spec'], 'type' | 'externalTrafficPolicy' | 'sessionAffinity'>,
): Service {
  const name = `${service.name}-${type.type === 'NodePort' ? 'public' : 'local'}`;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(system, service, name),
    spec: {
      ...type,
      selector: { [NAME_LABEL]: service.name },
      ports: published.map(({ port, target, protocol }) => ({
        name: portName(port, protocol),
        port,
        targetPort: target,
        protocol: upper(protocol),
      })),
    },
  };
}

/** Members, and validators, that must find each other before any of them can be ready. */
function isFoundEarly(system: System, { name, standsFor }: Part): boolean {
  const ofStore = system.stores.some(
    ({ members, initialisedBy }) =>
      members.includes(name) && (members.length > 1 || initialisedBy.length > 0),
  );
  return ofStore || standsFor !== undefined || peersOf(system, name).length > 0;
}

/** Those it reaches that reach it. */
function peersOf(system: System, name: string): Part[] {
  const reached = system.services.find((service) => service.name === name)?.reaches ?? [];
  return system.services.filter((other) => reached.includes(other.name) && other.reaches.includes(name));
}

function servicePorts(ports: ContainerService['ports']): Service['spec']['ports'] {
  return ports.map(({ port, protocol }) => ({
    name: portName(port, protocol),
    port,
    protocol: upper(protocol),
  }));
}

const same = (a: ContainerService['ports'][number], b: ContainerService['ports'][number]) =>
  a.port === b.port && a.protocol === b.protocol;
