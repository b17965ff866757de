import { elasticsearchTask } from './adapters/elasticsearch/elasticsearch-task.ts';
import { elasticsearchAt } from './adapters/elasticsearch/http.ts';
import { openAdmin } from './adapters/mongo/admin.ts';
import { replicaSetTask } from './adapters/mongo/replica-set-task.ts';
import { redisClusterTask } from './adapters/redis/cluster-task.ts';
import { openConnections } from './adapters/redis/connections.ts';
import { type ConvergeOptions, converge, type InitTask } from './converge.ts';
import type { TaskSettings } from './task-settings.ts';

/** Runs the chosen task over real connections. @returns how many steps were taken @throws what `converge` throws */
export function runTask(chosen: TaskSettings, options: ConvergeOptions): Promise<number> {
  switch (chosen.task) {
    case 'mongo-replica-set':
      return toTheEnd(replicaSetTask(openAdmin(chosen), chosen.wanted), options);
    case 'redis-cluster':
      return toTheEnd(redisClusterTask(openConnections(chosen.password), chosen.wanted), options);
    case 'elasticsearch':
      return toTheEnd(
        elasticsearchTask(elasticsearchAt(chosen.uri, chosen.authorization), chosen.wanted),
        options,
      );
  }
}

async function toTheEnd<Observation, Action>(
  task: InitTask<Observation, Action>,
  options: ConvergeOptions,
): Promise<number> {
  try {
    return await converge(task, options);
  } finally {
    await task.close();
  }
}
