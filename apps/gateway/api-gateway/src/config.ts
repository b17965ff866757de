import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  flag,
  integer,
  list,
  meshVariables,
  redisVariables,
  serviceUrl,
  text,
} from '@lucid/config';

const perMinute = (who: string, fallback: number) =>
  integer({ doc: `Requests per minute of ${who}.`, default: fallback, min: 1, max: 10_000_000 });

export const config = defineConfig('lucid-api-gateway', {
  ...baseVariables('lucid-api-gateway', 8080),
  ...meshVariables(),
  ...redisVariables(),
  AUTH_SERVICE_URL: serviceUrl('lucid-auth-service', 8089),
  SESSION_API_URL: serviceUrl('lucid-session-api', 8087),
  SESSION_RECORDER_URL: serviceUrl('lucid-session-recorder', 8084),
  SESSION_ANCHORING_URL: serviceUrl('lucid-session-anchoring', 8085),
  BLOCKCHAIN_ENGINE_URL: serviceUrl('lucid-blockchain-engine', 8084),
  PUBLISH_ADDRESS: text({
    doc: 'ip:port to listen on for the outside world; what comes in there sees neither /metrics nor the status of the mesh.',
    pattern: /^.+:\d{1,5}$/,
  }),
  RATE_LIMIT_ENABLED: flag({ doc: 'Whether callers are limited at all.', default: true }),
  RATE_LIMIT_PUBLIC_REQ_PER_MIN: perMinute('one address without a token', 100),
  RATE_LIMIT_AUTH_REQ_PER_MIN: perMinute('one signed-in user', 1000),
  RATE_LIMIT_ADMIN_REQ_PER_MIN: perMinute('one admin', 10_000),
  LOGIN_RATE_LIMIT_PER_MIN: perMinute(
    'logins from one address to one account; more block it for 5 minutes',
    10,
  ),
  CORS_ORIGINS: list({
    doc: 'Origins whose pages may call, each in full (https://app.example.org); none by default.',
  }),
  TRUSTED_PROXY_HOPS: integer({
    doc: 'How many proxies stand in front; that many entries of X-Forwarded-For are believed.',
    default: 0,
    min: 0,
    max: 10,
  }),
});

export type Settings = ConfigOf<typeof config>;
