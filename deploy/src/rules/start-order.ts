import { startOrder as order } from '../model/start-order.ts';
import type { Rule } from './rule.ts';

export const startOrder: Rule = {
  name: 'start-order',
  because: 'something has to start first; calls may form a cycle, the start order may not',
  check: (system) => {
    const outcome = order(system);
    return outcome.ok ? [] : [`no start order for ${outcome.cycle.join(', ')}: they wait for each other`];
  },
};
