import { development } from './environments.ts';
import type { Profile } from './profile.ts';

/** One of everything on one machine, fast blocks, generous limits. */
export const dev: Profile = {
  name: 'dev',
  description: 'one of each service, for a laptop',
  environment: development,
};
