import { findStore } from '../model/edges.ts';
import type { Rule } from './rule.ts';

export const plannedParts: Rule = {
  name: 'planned-parts',
  because: 'engines leave out what is not written yet: whoever waits for it waits for ever',
  check: (system) => {
    const planned = new Set(
      system.services.flatMap(({ name, status }) => (status === 'planned' ? [name] : [])),
    );
    return system.services
      .filter(({ status }) => status === 'built')
      .flatMap(({ name, startsAfter, uses }) => {
        const members = uses.flatMap((use) => {
          const store = findStore(system, use.store);
          return store ? [...store.members, ...store.initialisedBy] : [];
        });
        return [
          ...startsAfter
            .filter((other) => planned.has(other))
            .map((other) => `${name} starts after ${other}, which is only planned`),
          ...members
            .filter((other) => planned.has(other))
            .map((other) => `${name} keeps its data in ${other}, which is only planned`),
        ];
      });
  },
};
