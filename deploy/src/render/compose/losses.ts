import { commonLosses } from '../compose-format/common-losses.ts';
import type { ContainerSystem } from '../container-system.ts';
import type { Loss } from '../renderer.ts';

/** Everything the model wants and Compose cannot do. */
export function composeLosses(lowered: ContainerSystem): Loss[] {
  const { services } = lowered;
  const pinned = services.some(({ service }) => service.placement === 'data');
  return [...UPDATE, ...(pinned ? PLACEMENT : []), ...commonLosses(lowered)];
}

const UPDATE: readonly Loss[] = [
  {
    service: '*',
    field: 'update',
    why: 'it replaces all replicas of a service at once, the old ones first, and never puts them back',
    substitute: '`deploy:up` and `deploy:restart` replace one after the other and watch each',
  },
];

const PLACEMENT: readonly Loss[] = [
  {
    service: '*',
    field: 'placement',
    why: 'it knows one machine only',
    substitute: 'everything is on that machine, its data included',
  },
];
