import { commonLosses } from '../compose-format/common-losses.ts';
import type { ContainerService, ContainerSystem } from '../container-system.ts';
import type { Loss } from '../renderer.ts';

/** Everything the model wants and Compose cannot do. */
export function composeLosses(lowered: ContainerSystem): Loss[] {
  const { services } = lowered;
  const pinned = services.some(({ service }) => service.placement === 'data');
  return [
    ...UPDATE,
    ...RESTART_DELAY,
    ...(pinned ? PLACEMENT : []),
    ...services.flatMap(attemptsLoss),
    ...commonLosses(lowered),
  ];
}

function attemptsLoss({ service: { name, restart } }: ContainerService): Loss[] {
  if (restart.condition !== 'always' || restart.maxAttempts === undefined) return [];
  return [
    {
      service: name,
      field: 'restartAttempts',
      why: 'it counts starts for `on-failure` alone',
      substitute: 'started again without end',
    },
  ];
}

const UPDATE: readonly Loss[] = [
  {
    service: '*',
    field: 'update',
    why: 'it replaces all replicas of a service at once, the old ones first, and never puts them back',
    substitute:
      '`deploy:restart` replaces one after the other and watches each; another version comes by `deploy:up`, all replicas of a service at once',
  },
];

const RESTART_DELAY: readonly Loss[] = [
  {
    service: '*',
    field: 'restartDelaySeconds',
    why: 'the pause before a restart cannot be set',
    substitute: 'Docker waits 0.1 s, and twice as long each time it fails again, up to a minute',
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
