import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisClient, SharedRedis } from './open-redis.ts';

export interface SharedLimit {
  /** Part of the keys: limits of the same name share their counts. */
  name: string;
  /** Allowed per window. */
  points: number;
  windowS: number;
  /** Whoever goes over the limit is refused for so long; 0: until the window ends. @default 0 */
  blockS?: number;
}

/** The command that the limiter defines on its client. */
interface Counting {
  rlflxIncr(args: string[]): Promise<unknown>;
}

/**
 * Counts in Redis, so that replicas share one limit. While Redis is away, and without one, each replica counts in its memory,
 * from zero: a caller then gets up to the limit from every replica. `consume` rejects with a `RateLimiterRes` and nothing else.
 */
export function sharedLimiter(limit: SharedLimit, redis: SharedRedis | undefined): RateLimiterAbstract {
  const { points, windowS, blockS = 0 } = limit;
  const options = { points, duration: windowS, blockDuration: blockS };
  const memory = new RateLimiterMemory(options);
  if (!redis) return memory;
  return new RateLimiterRedis({
    ...options,
    keyPrefix: `lucid:limit:${limit.name}`,
    storeClient: guarded(redis),
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
    // Who is over the limit until the window ends is refused without asking. With a block the library could not set it in Redis.
    ...(blockS > 0 ? {} : { inMemoryBlockOnConsumed: points + 1 }),
  });
}

/** What the limiter asks of a client, with each command on its way through `redis.run`. */
function guarded(redis: SharedRedis) {
  return {
    /** Always: `run` refuses by itself what cannot be done, and counts it. */
    status: 'ready',
    defineCommand: redis.client.defineCommand.bind(redis.client),
    rlflxIncr: (args: string[]) =>
      redis.run((client: RedisClient) => (client as unknown as Counting).rlflxIncr(args)),
    multi: () => {
      const transaction = redis.client.multi();
      const exec = transaction.exec.bind(transaction);
      return Object.assign(transaction, { exec: () => redis.run(() => exec()) });
    },
  };
}
