import type { ContainerService } from '../../container-system.ts';
import { startOf } from '../../foreign-images.ts';
import { isLoopback } from './addresses.ts';
import { accessModeOf, claimedVolumes, isAutoscaled, type Plan, workloadKindOf } from './plan.ts';

/** What stands at the top of a service's file: why its objects are as they are, where that is not plain to see. */
export function notesOf(plan: Plan, { service, publishedPorts }: ContainerService): string[] {
  const shared = claimedVolumes(service).length > 0;
  const note = (when: boolean, ...lines: string[]) => (when ? lines : []);
  return [
    'Generated from the model: change that, not this.',
    ...note(
      workloadKindOf(service) === 'Job',
      'Its name ends in the hash of its content: applied again it is left alone, changed it runs anew.',
    ),
    ...note(
      startOf(service.image).capabilities.length > 0,
      'The image starts as root, makes its folders its own user’s and drops root: hence these capabilities, no others.',
    ),
    ...note(
      shared && accessModeOf(plan, service) === 'ReadWriteMany',
      'All replicas see one volume: it needs a storage class that knows ReadWriteMany.',
    ),
    ...note(
      shared && accessModeOf(plan, service) === 'ReadWriteOnce',
      'One replica has the volume: any storage class will do; for more replicas it must be ReadWriteMany.',
    ),
    ...note(
      service.volumes.length > 0,
      'Sizes are the model’s: patch the requests for others, or take storage that can grow.',
    ),
    ...note(
      publishedPorts.some((port) => !isLoopback(port)),
      'Published on each node that has such a pod, and on no other: only so callers keep their own addresses.',
    ),
    ...note(
      isAutoscaled(plan, service),
      'Autoscaler: up at once, each 15 s by its own number or by four; down by half a minute at most, and only as far as',
      'five minutes agree on. Percent are of what a pod requests.',
    ),
  ];
}
