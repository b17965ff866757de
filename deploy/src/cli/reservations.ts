import type { System } from '../model/types.ts';

/** What a whole profile keeps for itself: the least a machine, or all nodes together, must have free. */
export interface Reserved {
  readonly replicas: number;
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** Sum over all replicas of what is built; jobs are over before the rest is up. */
export function reservedBy({ services }: System): Reserved {
  const running = services.filter(({ kind, status }) => kind !== 'job' && status === 'built');
  const sum = (amount: (service: (typeof running)[number]) => number) =>
    running.reduce((total, service) => total + service.replicas * amount(service), 0);
  return {
    replicas: sum(() => 1),
    cpus: Number(sum(({ resources }) => resources.reservations.cpus).toFixed(2)),
    memoryMiB: sum(({ resources }) => resources.reservations.memoryMiB),
  };
}
