import type { Rule } from './rule.ts';

export const updateOrder: Rule = {
  name: 'update-order',
  because: 'old and new cannot hold one volume or one port at the same time',
  check: ({ services }) =>
    services.flatMap(({ name, update, volumes, publishedPorts, replicas }) => {
      const kept = volumes.filter(({ scope }) => scope === 'instance').map((volume) => volume.name);
      const ports = publishedPorts.map(({ port }) => `port ${port}`);
      const held = update.order === 'start-first' ? [...kept, ...ports] : [];
      return [
        ...held.map((what) => `${name} is to start before the old one stops, but both want ${what}`),
        ...(update.parallelism >= 1 ? [] : [`${name} replaces ${update.parallelism} replicas at a time`]),
        ...(replicas > 1 && update.parallelism >= replicas && update.order === 'stop-first'
          ? [`${name} stops all ${replicas} replicas at once when it is updated`]
          : []),
      ];
    }),
};
