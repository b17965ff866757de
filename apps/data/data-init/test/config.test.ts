import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@lucid/config';
import { temporaryFolder } from '@lucid/testing';
import { describe, expect, test } from 'vitest';
import { config } from '../src/config.ts';
import { taskSettings } from '../src/task-settings.ts';
import { runJobProcess } from './support/run-job-process.ts';

const problemsOf = (environment: Record<string, string>, argument?: string): readonly string[] => {
  try {
    taskSettings(config.load(environment), argument);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
};

describe('configuration', () => {
  test('the argument wins over INIT_TASK, and one of them is needed', () => {
    const environment = { INIT_TASK: 'redis-cluster', ELASTICSEARCH_URI: 'http://lucid-elasticsearch:9200' };
    expect(taskSettings(config.load(environment), 'elasticsearch').task).toBe('elasticsearch');
    expect(problemsOf({})).toEqual([
      'INIT_TASK or the first argument must be one of mongo-replica-set, redis-cluster, elasticsearch',
    ]);
    expect(problemsOf({}, 'rm')).toHaveLength(1);
  });

  test('names everything a task misses, and nothing of the others', () => {
    expect(problemsOf({}, 'mongo-replica-set')).toEqual([
      'MONGO_MEMBERS is required for mongo-replica-set',
      'MONGO_USERNAME is required for mongo-replica-set',
      'MONGO_PASSWORD is required for mongo-replica-set',
    ]);
    expect(problemsOf({}, 'elasticsearch')).toEqual(['ELASTICSEARCH_URI is required for elasticsearch']);
  });

  test('refuses clusters that cannot be', () => {
    const redis = (members: string, replicas = '0') =>
      problemsOf(
        { REDIS_MEMBERS: members, REDIS_REPLICAS_PER_MASTER: replicas, REDIS_PASSWORD: 'x' },
        'redis-cluster',
      );
    expect(redis('a,b,c')).toEqual([]);
    expect(redis('a,b')).toEqual(['REDIS_MEMBERS makes fewer than 3 masters']);
    expect(redis('a,b,c,d,e,f', '1')).toEqual([]);
    expect(redis('a,b,c,d,e', '1')).toEqual([
      'REDIS_MEMBERS has 5 nodes, which cannot be shared out with 1 replicas per master',
      'REDIS_MEMBERS makes fewer than 3 masters',
    ]);
    expect(redis('a,a:6379,b:x')).toEqual([
      'REDIS_MEMBERS must be host:port',
      'REDIS_MEMBERS names a node twice',
    ]);
  });

  test('takes secrets from files, and ends with 78 and one line when something is wrong', async () => {
    using folder = temporaryFolder('data-init');
    const file = join(folder.path, 'password');
    writeFileSync(file, 'from-the-file\n');
    const environment = { REDIS_MEMBERS: 'a,b,c', REDIS_PASSWORD_FILE: file };
    expect(taskSettings(config.load(environment), 'redis-cluster')).toMatchObject({
      password: 'from-the-file',
    });
    const bad = await runJobProcess({
      argument: 'mongo-replica-set',
      environment: { MONGO_PASSWORD: 'se-cret' },
    });
    expect(bad).toMatchObject({ code: 78, messages: [] });
    expect(bad.stderr).toBe(
      'lucid-data-init cannot start: MONGO_MEMBERS is required for mongo-replica-set; MONGO_USERNAME is required for mongo-replica-set\n',
    );
  });
});
