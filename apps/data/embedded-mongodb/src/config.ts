import {
  baseVariables,
  type Config,
  ConfigError,
  type ConfigSchema,
  defineConfig,
  flag,
  integer,
  secret,
  text,
} from '@lucid/config';

const SERVICE = 'lucid-mongodb';

const variables = {
  ...baseVariables(SERVICE, 27017),
  PORT: integer({ doc: 'Port of the wire protocol.', default: 27017, min: 0, max: 65535 }),
  HEALTH_PORT: integer({
    doc: 'Port of health and metrics (HTTP), same HOST.',
    default: 27018,
    min: 0,
    max: 65535,
  }),
  DATA_DIR: text({ doc: 'Directory of the database file.', default: '/data/db' }),
  MONGO_INITDB_ROOT_USERNAME: text({
    doc: 'The user, in the database admin. Changing it replaces the user.',
  }),
  MONGO_INITDB_ROOT_PASSWORD: secret({ doc: 'The password; only keys derived from it are stored.' }),
  ALLOW_UNAUTHENTICATED: flag({
    doc: 'Take clients that do not log in; only on a loopback HOST and without a user.',
    default: false,
  }),
  TTL_INTERVAL_MS: integer({
    doc: 'How often expired documents are removed.',
    default: 60_000,
    min: 100,
    max: 3_600_000,
  }),
  CURSOR_TIMEOUT_MS: integer({
    doc: 'How long an unread cursor stays open.',
    default: 600_000,
    min: 1000,
    max: 86_400_000,
  }),
  DRAIN_DELAY_MS: integer({
    doc: 'How long the server keeps serving after readiness went off.',
    default: 0,
    min: 0,
    max: 60_000,
  }),
};

const schema = defineConfig(SERVICE, variables);

/** `runService` serves HTTP on PORT, so that is the health port here, and the wire protocol's port has a name of its own. */
export type Settings = Config<typeof variables> & { readonly WIRE_PORT: number };

export const config: ConfigSchema<typeof variables> & { load(environment?: NodeJS.ProcessEnv): Settings } = {
  ...schema,
  load: (environment) => {
    const settings = schema.load(environment);
    const problem = loginProblem({
      host: settings.HOST,
      username: settings.MONGO_INITDB_ROOT_USERNAME,
      password: settings.MONGO_INITDB_ROOT_PASSWORD,
      allowUnauthenticated: settings.ALLOW_UNAUTHENTICATED,
    });
    if (problem) throw new ConfigError(SERVICE, [problem]);
    return Object.freeze({
      ...settings,
      WIRE_PORT: settings.PORT,
      PORT: settings.HEALTH_PORT,
      ADVERTISED_ADDRESS: settings.ADVERTISED_ADDRESS ?? `${settings.HOST}:${settings.PORT}`,
    });
  },
};

export interface Login {
  host: string;
  username?: string | undefined;
  password?: string | undefined;
  allowUnauthenticated?: boolean | undefined;
}

const LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** What is wrong with the combination, in one sentence; undefined when it is fine. */
export function loginProblem({ host, username, password, allowUnauthenticated }: Login): string | undefined {
  if (username && password) return undefined;
  if (username || password)
    return 'MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD belong together: one is missing';
  if (!allowUnauthenticated)
    return 'MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD are required (or ALLOW_UNAUTHENTICATED=true on a loopback HOST)';
  return LOOPBACK.test(host) ? undefined : 'ALLOW_UNAUTHENTICATED needs a HOST in 127.0.0.0/8';
}
