import { ConfigError } from '@lucid/config';
import { config, type Settings, TASKS, type TaskName } from './config.ts';
import { type ElasticsearchWanted, elasticsearchProblems } from './domain/elasticsearch/wanted.ts';
import { type ReplicaSetWanted, replicaSetProblems, wantedMember } from './domain/mongo/wanted.ts';
import { type ClusterWanted, clusterProblems, redisAddress } from './domain/redis/wanted.ts';

/** One task with all it needs, checked as a whole. */
export type TaskSettings =
  | { task: 'mongo-replica-set'; wanted: ReplicaSetWanted; username: string; password: string }
  | { task: 'redis-cluster'; wanted: ClusterWanted; password: string }
  | { task: 'elasticsearch'; wanted: ElasticsearchWanted; uri: string; authorization: string | undefined };

/**
 * Which task, with which settings.
 * @param argument first argument of the command
 * @throws ConfigError that names everything that is missing or wrong for this task, never a value
 */
export function taskSettings(settings: Settings, argument: string | undefined): TaskSettings {
  const task = TASKS.find((name) => name === (argument ?? settings.INIT_TASK));
  if (task === undefined)
    throw new ConfigError(config.service, [
      `INIT_TASK or the first argument must be one of ${TASKS.join(', ')}`,
    ]);
  const missing = required[task]
    .filter((name) => isMissing(settings[name]))
    .map((name) => `${name} is required for ${task}`);
  if (missing.length > 0) throw new ConfigError(config.service, missing);
  const { problems, result } = read[task](settings);
  if (problems.length > 0) throw new ConfigError(config.service, problems);
  return result;
}

const required: Readonly<Record<TaskName, ReadonlyArray<keyof Settings>>> = {
  'mongo-replica-set': ['MONGO_MEMBERS', 'MONGO_USERNAME', 'MONGO_PASSWORD'],
  'redis-cluster': ['REDIS_MEMBERS', 'REDIS_PASSWORD'],
  elasticsearch: ['ELASTICSEARCH_URI'],
};

const isMissing = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0);

interface Read {
  readonly problems: readonly string[];
  readonly result: TaskSettings;
}

const read: Readonly<Record<TaskName, (settings: Settings) => Read>> = {
  'mongo-replica-set': (settings) => {
    const wanted = { name: settings.MONGO_REPLICA_SET, members: settings.MONGO_MEMBERS.map(wantedMember) };
    return {
      problems: replicaSetProblems(wanted).map((problem) => `MONGO_MEMBERS ${problem}`),
      result: {
        task: 'mongo-replica-set',
        wanted,
        username: settings.MONGO_USERNAME ?? '',
        password: settings.MONGO_PASSWORD ?? '',
      },
    };
  },
  'redis-cluster': (settings) => {
    const replicasPerMaster = settings.REDIS_REPLICAS_PER_MASTER;
    const wanted = { members: settings.REDIS_MEMBERS.map(redisAddress), replicasPerMaster };
    return {
      problems: clusterProblems(wanted).map((problem) => `REDIS_MEMBERS ${problem}`),
      result: { task: 'redis-cluster', wanted, password: settings.REDIS_PASSWORD ?? '' },
    };
  },
  elasticsearch: (settings) => {
    const { ELASTICSEARCH_USERNAME: user, ELASTICSEARCH_PASSWORD: password } = settings;
    const wanted = { nodes: settings.ELASTICSEARCH_NODES, prefix: settings.ELASTICSEARCH_INDEX_PREFIX };
    return {
      problems: elasticsearchProblems(user, password),
      result: {
        task: 'elasticsearch',
        wanted,
        uri: settings.ELASTICSEARCH_URI ?? '',
        authorization:
          user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      },
    };
  },
};
