import type { Service } from '../model/types.ts';
import type { Rule } from './rule.ts';

export const limits: Rule = {
  name: 'limits',
  because:
    'what is kept free for a part must fit into what it may take, and an autoscaler aims at a share of it',
  check: ({ services }) => services.flatMap((service) => [...larger(service), ...aimless(service)]),
};

function larger({ name, resources: { limits: most, reservations } }: Service): string[] {
  return [
    ...(reservations.cpus > most.cpus
      ? [`${name} reserves ${reservations.cpus} processors but may use ${most.cpus}`]
      : []),
    ...(reservations.memoryMiB > most.memoryMiB
      ? [`${name} reserves ${reservations.memoryMiB} MiB but may use ${most.memoryMiB}`]
      : []),
    ...(most.cpus > 0 && most.memoryMiB > 0 ? [] : [`${name} may use nothing`]),
    ...(reservations.cpus >= 0 && reservations.memoryMiB >= 0 ? [] : [`${name} reserves less than nothing`]),
  ];
}

function aimless({ name, scale, resources: { reservations } }: Service): string[] {
  if (scale.max <= Math.max(scale.min, 1)) return [];
  const aims = [scale.cpuPercent, scale.memoryPercent];
  return [
    ...(reservations.cpus > 0 && reservations.memoryMiB > 0
      ? []
      : [`${name} scales by its share of a reservation, and reserves nothing`]),
    ...(aims.every((percent) => percent > 0 && percent <= 100)
      ? []
      : [`${name} scales at ${aims.join(' and ')} percent, which is none`]),
  ];
}
