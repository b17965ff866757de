import type { ContainerService } from '../../container-system.ts';
import { PART_OF_LABEL } from '../names.ts';
import type { Plan } from './plan.ts';

/**
 * The namespace all of it is in. Its security level is the strictest that lets in what is built: `baseline` forbids
 * privileges and the host, but lets images start as root that drop it by themselves.
 */
export function namespaceOf({ system }: Plan, built: readonly ContainerService[]) {
  const seesHost = built.some(({ service }) => service.hostMounts.length > 0);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: system.name,
      labels: {
        [PART_OF_LABEL]: system.name,
        'pod-security.kubernetes.io/enforce': seesHost ? 'privileged' : 'baseline',
      },
    },
  };
}
