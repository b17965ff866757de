import type { PublishedPort, Service } from '../model/types.ts';
import type { Rule } from './rule.ts';

/** Every address of a host: who has these has the loopback's port too, and the other way round. */
const EVERY_ADDRESS = ['0.0.0.0', '::', '[::]'];

interface Door extends PublishedPort {
  readonly service: Service;
}

export const publishedPorts: Rule = {
  name: 'published-ports',
  because: 'a port of a host leads to one place, and replicas cannot share it',
  check: ({ services }) => {
    const doors = services.flatMap(doorsOf);
    return [
      ...doors.flatMap((door, at) => doors.slice(at + 1).flatMap((other) => clash(door, other))),
      ...services.flatMap(shared),
      ...doors.flatMap(tooShort),
    ];
  },
};

/** A door behind the edge is published by the edge, not by its service. */
function doorsOf(service: Service): Door[] {
  const { publishes, publishedPorts } = service;
  const own = publishes && !publishes.behindEdge ? [publishes] : [];
  return [
    ...publishedPorts.map((port) => ({ ...port, service })),
    ...own.map(({ host, port }) => ({
      host,
      port,
      lastPort: port,
      target: port,
      protocol: 'tcp' as const,
      service,
    })),
  ];
}

function clash(one: Door, other: Door): string[] {
  const sameHost = one.host === other.host || [one, other].some(({ host }) => EVERY_ADDRESS.includes(host));
  const first = Math.max(one.port, other.port);
  const last = Math.min(one.lastPort, other.lastPort);
  if (!sameHost || one.protocol !== other.protocol || first > last) return [];
  const ports = first === last ? `${first}` : `${first}-${last}`;
  const names = `${one.service.name} and ${other.service.name}`;
  return [`two services publish ${one.host}:${ports}/${one.protocol}: ${names}`];
}

/**
 * One port for several replicas works where each has a node of its own, which is the life of an edge: nothing kept,
 * nothing pinned. `publishes` is left out: under the process engine the instances listen together.
 */
function shared({ name, kind, replicas, publishedPorts, volumes, placement }: Service): string[] {
  const isEdge = kind === 'support' && volumes.length === 0 && placement === 'spread';
  if (replicas < 2 || isEdge) return [];
  return publishedPorts
    .filter(({ port, lastPort }) => port === lastPort)
    .map(({ port }) => `${name} has ${replicas} replicas, which cannot share the published port ${port}`);
}

/** A range is cut among the replicas: there must be a part for each there may ever be. */
function tooShort({ service, port, lastPort }: Door): string[] {
  if (port > lastPort) return [`${service.name} publishes the range ${port}-${lastPort}, which is empty`];
  const most = Math.max(service.replicas, service.scale.max);
  if (port === lastPort || lastPort - port + 1 >= most) return [];
  return [`${service.name} publishes ${port}-${lastPort}, too few ports for ${most} replicas`];
}
