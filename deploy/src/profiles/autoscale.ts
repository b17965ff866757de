import type { Profile } from './profile.ts';
import { SCALED_REPLICAS, scale } from './scale.ts';

/** Begins like `scale`, and may move between these bounds (the guide gives the gateway 3 to 10). */
export const autoscale: Profile = {
  ...scale,
  name: 'autoscale',
  description: 'like scale, with ranges an autoscaler moves in',
  services: {
    ...SCALED_REPLICAS,
    'lucid-api-gateway': { replicas: 3, scale: { min: 3, max: 10 } },
    'lucid-session-pipeline': { replicas: 5, scale: { min: 2, max: 10 } },
    'lucid-chunk-processor': { replicas: 10, scale: { min: 2, max: 10 } },
    'lucid-session-recorder': { replicas: 3, scale: { min: 2, max: 10 } },
  },
};
