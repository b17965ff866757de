export { parseRedisUri, type RedisTarget } from './redis-uri.ts';
