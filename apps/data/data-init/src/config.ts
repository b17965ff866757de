import {
  baseVariables,
  type Config,
  defineConfig,
  integer,
  list,
  oneOf,
  secret,
  text,
  url,
} from '@lucid/config';

const SERVICE = 'lucid-data-init';

export const TASKS = ['mongo-replica-set', 'redis-cluster', 'elasticsearch'] as const;
export type TaskName = (typeof TASKS)[number];

/** A job listens nowhere and drains nothing: of what every service understands, only this. */
const { SERVICE_NAME, INSTANCE_ID, LOG_LEVEL } = baseVariables(SERVICE, 0);

const variables = {
  SERVICE_NAME,
  INSTANCE_ID,
  LOG_LEVEL,
  INIT_TASK: oneOf(TASKS, { doc: 'What to set up; the first argument of the command wins.' }),
  INIT_DEADLINE_SECONDS: integer({
    doc: 'How long the job may wait for servers, all steps together.',
    default: 120,
    min: 1,
    max: 3600,
  }),
  MONGO_MEMBERS: list({
    doc: 'Members of the replica set, `host:port=priority`; the set is initiated on the one of highest priority.',
  }),
  MONGO_REPLICA_SET: text({ doc: 'Name of the replica set.', default: 'rs0', pattern: /^[\w.-]{1,64}$/ }),
  MONGO_USERNAME: text({ doc: 'User with the role root, made by the image on the initiating member.' }),
  MONGO_PASSWORD: secret({ doc: 'Its password.' }),
  REDIS_MEMBERS: list({ doc: 'All nodes of the Redis cluster, `host:port`.' }),
  REDIS_REPLICAS_PER_MASTER: integer({ doc: 'Replicas of each master.', default: 0, min: 0, max: 1 }),
  REDIS_PASSWORD: secret({ doc: 'Password of the nodes, the same for all.' }),
  ELASTICSEARCH_URI: url({ doc: 'Base URL of any node.' }),
  ELASTICSEARCH_NODES: integer({ doc: 'How many nodes must have joined.', default: 1, min: 1, max: 100 }),
  ELASTICSEARCH_INDEX_PREFIX: text({
    doc: 'Beginning of all index names.',
    default: 'lucid',
    pattern: /^[a-z][a-z0-9-]*$/,
  }),
  ELASTICSEARCH_USERNAME: text({ doc: 'User, where security is on.' }),
  ELASTICSEARCH_PASSWORD: secret({ doc: 'Its password.' }),
};

export const config = defineConfig(SERVICE, variables);

export type Settings = Config<typeof variables>;
