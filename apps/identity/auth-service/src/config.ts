import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  integer,
  meshVariables,
  mongoVariables,
  secret,
  text,
} from '@lucid/config';

export const config = defineConfig('lucid-auth-service', {
  ...baseVariables('lucid-auth-service', 8089),
  ...meshVariables(),
  ...mongoVariables(),
  JWT_SECRET: secret({
    doc: 'Root secret, 32 characters or more, from which the key of access tokens is derived. The same for all replicas.',
    required: true,
    minLength: 32,
  }),
  ACCESS_TOKEN_EXPIRE_MINUTES: integer({
    doc: 'Lifetime of an access token.',
    default: 15,
    min: 1,
    max: 60,
  }),
  REFRESH_TOKEN_EXPIRE_DAYS: integer({
    doc: 'Lifetime of a refresh token; every use gives a new one.',
    default: 7,
    min: 1,
    max: 90,
  }),
  MAX_LOGIN_ATTEMPTS: integer({
    doc: 'Wrong passwords for one e-mail address until it is locked.',
    default: 5,
    min: 1,
    max: 100,
  }),
  LOGIN_COOLDOWN_MINUTES: integer({
    doc: 'How long an address stays locked, and how long a wrong password is remembered.',
    default: 15,
    min: 1,
    max: 1440,
  }),
  SESSION_MAX_CONCURRENT_PER_USER: integer({
    doc: 'Live login sessions of one user; one more ends the least recently used.',
    default: 5,
    min: 1,
    max: 100,
  }),
  AUDIT_LOG_RETENTION_DAYS: integer({
    doc: 'How long security events are kept.',
    default: 365,
    min: 1,
    max: 3650,
  }),
  PASSWORD_HASH_CONCURRENCY: integer({
    doc: 'Passwords hashed at the same time; each takes 19 MiB and a thread.',
    default: 2,
    min: 1,
    max: 4,
  }),
  BOOTSTRAP_SUPER_ADMIN_EMAIL: text({
    doc: 'The account with this address becomes super_admin, once in the life of the database.',
    pattern: /^\S+@\S+$/,
  }),
});

export type Settings = ConfigOf<typeof config>;
