import type { Rule } from './rule.ts';

export const scaleRange: Rule = {
  name: 'scale-range',
  because: 'a profile and an autoscaler must agree with what the service can stand',
  check: (system) =>
    system.services.flatMap(({ name, scale, replicas }) => {
      if (scale.min < 0 || scale.max < scale.min || scale.max > 254)
        return [`${name} has no valid scale range`];
      const fits = replicas === 0 || (replicas >= scale.min && replicas <= scale.max); // none at all leaves it out
      return fits ? [] : [`${name} has ${replicas} replicas but scales from ${scale.min} to ${scale.max}`];
    }),
};
