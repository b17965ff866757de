export { openRedis, type RedisClient, type RedisOptions, type SharedRedis } from './open-redis.ts';
export { RedisUnavailable } from './redis-unavailable.ts';
export { type SharedLimit, sharedLimiter } from './shared-limiter.ts';
