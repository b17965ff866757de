import type { Service, System } from '../../../model/types.ts';
import {
  CLUSTER_LABEL,
  COMPONENT_LABEL,
  NAME_LABEL,
  PART_OF_LABEL,
  PLANE_LABEL,
  STATUS_LABEL,
} from '../names.ts';

/** What every object of a service is found by. */
export function labelsOf(system: System, service: Service): Record<string, string> {
  return {
    [NAME_LABEL]: service.name,
    [PART_OF_LABEL]: system.name,
    [COMPONENT_LABEL]: service.kind,
    [CLUSTER_LABEL]: service.cluster,
    [PLANE_LABEL]: service.plane,
    [STATUS_LABEL]: service.status,
  };
}

/** `metadata` of a service's object. */
export function metadataOf(system: System, service: Service, name: string = service.name) {
  return { name, namespace: system.name, labels: labelsOf(system, service) };
}

/** `metadata` of what belongs to the system as a whole. */
export function sharedMetadata(system: System, name: string) {
  return { name, namespace: system.name, labels: { [PART_OF_LABEL]: system.name } };
}
