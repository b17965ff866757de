/** Variables of the system that most benchmarks share: limits out of the way, a block every second. */
export const OPEN_SYSTEM: readonly string[] = [
  'blockchain-engine:BLOCK_TIME_SECONDS=1',
  'api-gateway:RATE_LIMIT_PUBLIC_REQ_PER_MIN=10000000',
  'api-gateway:RATE_LIMIT_AUTH_REQ_PER_MIN=10000000',
  'api-gateway:LOGIN_RATE_LIMIT_PER_MIN=10000000',
  'session-api:RATE_LIMIT_ENABLED=false',
  'session-api:MAX_SESSIONS_PER_USER=100000',
  'session-api:MAX_CONCURRENT_SESSIONS_PER_USER=1000',
  'session-api:MAX_CONCURRENT_SESSIONS=1000',
  'auth-service:MAX_LOGIN_ATTEMPTS=100',
];
