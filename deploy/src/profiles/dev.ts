import type { Profile } from './profile.ts';

/** One of everything on one machine, fast blocks, generous limits. */
export const dev: Profile = {
  name: 'dev',
  description: 'one of each service, for a laptop',
  env: { ENVIRONMENT: 'development', LOG_LEVEL: 'info' },
  services: {
    'lucid-api-gateway': {
      env: {
        RATE_LIMIT_PUBLIC_REQ_PER_MIN: '10000',
        RATE_LIMIT_AUTH_REQ_PER_MIN: '100000',
        RATE_LIMIT_ADMIN_REQ_PER_MIN: '1000000',
        LOGIN_RATE_LIMIT_PER_MIN: '1000',
      },
    },
    'lucid-blockchain-engine': { env: { BLOCK_TIME_SECONDS: '5' } },
  },
};
