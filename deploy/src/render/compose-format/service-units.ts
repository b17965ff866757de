/**
 * The services a target's file has for one service of the model: itself, or one per replica where replicas must differ
 * in what the format can say only once per service.
 */
import type { PublishedPort, Service } from '../../model/types.ts';
import type { ContainerService } from '../container-system.ts';
import { formatErrors } from './errors.ts';
import { follows, isRange, sliceOf } from './published-ports.ts';

export interface ServiceUnit {
  readonly lowered: ContainerService;
  /** `lucid-xrdp`, or `lucid-xrdp-2` for the second replica. */
  readonly name: string;
  /** From 1; undefined when the service is written as one. */
  readonly replica: number | undefined;
  readonly replicas: number;
  readonly publishedPorts: readonly PublishedPort[];
}

/**
 * One per replica if the replicas share a range of published ports, or if `apart` asks for it. Whether it is done
 * depends on how far the service may grow, not on how many there are now: names and volumes stay when it is scaled.
 */
export function unitsOf(lowered: ContainerService, apart: (service: Service) => boolean): ServiceUnit[] {
  const { service, publishedPorts } = lowered;
  requireSeparateRanges(lowered);
  const cut = mayBeReplicated(service) && (publishedPorts.some(isRange) || apart(service));
  if (!cut)
    return [{ lowered, name: service.name, replica: undefined, replicas: service.replicas, publishedPorts }];
  const count = Math.max(service.replicas, 1);
  return Array.from({ length: count }, (_, at) => ({
    lowered,
    name: `${service.name}-${at + 1}`,
    replica: at + 1,
    replicas: Math.min(service.replicas, 1),
    publishedPorts: publishedPorts.map((port) => (isRange(port) ? sliceOf(port, at + 1, count) : port)),
  }));
}

/** Whether there are, or may one day be, several. */
export function mayBeReplicated({ replicas, scale }: Service): boolean {
  return Math.max(replicas, scale.max) > 1;
}

export const hasInstanceVolume = ({ volumes }: Service): boolean =>
  volumes.some(({ scope }) => scope === 'instance');

/** Neighbouring ports could not be told from a range when they are read back. */
function requireSeparateRanges({ service, publishedPorts }: ContainerService): void {
  const neighbours = publishedPorts.some((port) => publishedPorts.some((next) => follows(port, next)));
  if (neighbours)
    throw formatErrors.cannotRender(
      service.name,
      'ports that follow each other must be published as one range',
    );
}
