import { production as environment } from './environments.ts';
import type { Profile } from './profile.ts';

/** The deployment guide's complete system: one of each, behind an edge, watched. */
export const production: Profile = {
  name: 'production',
  description: 'one of each service on real stores, behind HAProxy, with mesh and monitoring',
  environment,
  tiers: {
    mongodb: 'single',
    redis: 'single',
    elasticsearch: 'single',
    edge: 'haproxy',
    mesh: true,
    monitoring: true,
  },
};
