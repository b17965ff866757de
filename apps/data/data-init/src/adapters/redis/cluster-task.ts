import { ReplyError } from 'ioredis';
import type { InitTask } from '../../converge.ts';
import type { RedisAction } from '../../domain/redis/action.ts';
import { describeRedisAction, nextStep } from '../../domain/redis/next-step.ts';
import type { RedisObservation } from '../../domain/redis/observation.ts';
import type { ClusterWanted } from '../../domain/redis/wanted.ts';
import { errors } from '../../errors.ts';
import type { Connections } from './connections.ts';
import { observe } from './observe.ts';

/** Joins nodes into a cluster, or completes one. */
export function redisClusterTask(
  connections: Connections,
  wanted: ClusterWanted,
): InitTask<RedisObservation, RedisAction> {
  return {
    observe: () => observe(connections, wanted),
    next: (seen) => nextStep(seen, wanted),
    describe: describeRedisAction,
    perform: async (action) => {
      const redis = await connections.to(action.at);
      try {
        await redis.call('CLUSTER', ...command(action));
      } catch (error) {
        const { message } = error as Error;
        if (error instanceof ReplyError && !/^(LOADING|BUSY|MASTERDOWN)\b/.test(message))
          throw errors.stepRefused(describeRedisAction(action), message, error);
        throw error;
      }
    },
    close: async () => connections.close(),
  };
}

function command(action: RedisAction): string[] {
  switch (action.kind) {
    case 'assign':
      return ['ADDSLOTSRANGE', String(action.range.first), String(action.range.last)];
    case 'meet':
      return ['MEET', action.ip, String(action.port), String(action.busPort)];
    case 'replicate':
      return ['REPLICATE', action.masterId];
  }
}
