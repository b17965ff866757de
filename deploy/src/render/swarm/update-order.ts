import type { UpdatePolicy } from '../../model/policies.ts';
import { hasInstanceVolume } from '../compose-format/service-units.ts';
import type { ContainerService } from '../container-system.ts';

/** A port of a node and a volume of a slot belong to one task: the old one must be gone before the new one comes. */
export function updateOrder({ service, publishedPorts }: ContainerService): UpdatePolicy['order'] {
  return publishedPorts.length > 0 || hasInstanceVolume(service) ? 'stop-first' : service.update.order;
}
