import type { PublishedPort, System } from '../../model/types.ts';
import { type ContainerService, containerSystem } from '../../render/container-system.ts';
import { DOOR_PORT } from './container-choice.ts';

/**
 * Where the outside world comes in: the edge's plain port, or the gateway's where there is no edge.
 * @param machine whose address to give for a door that is open on all of them
 * @param doorsOf the ports an engine really publishes
 */
export function publicUrlOf(
  system: System,
  machine: string,
  doorsOf: (lowered: ContainerService) => readonly PublishedPort[],
): string | undefined {
  const doors = containerSystem(system)
    .services.filter(({ service }) => service.cluster === 'gateway' && service.status === 'built')
    .flatMap(doorsOf);
  const door = doors.find(({ port }) => port === DOOR_PORT) ?? doors.find(({ port }) => port !== 443);
  if (!door) return undefined;
  return `http://${door.host === '0.0.0.0' ? machine : door.host}:${door.port}`;
}
