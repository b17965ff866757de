import { authService, clientFor } from '@lucid/contracts';
import { openRedis, type RedisOptions } from '@lucid/redis';
import type { ServiceContext } from '@lucid/service';
import { createUserVerifier } from '@lucid/user-auth';
import type { Settings } from '../config.ts';
import { corsFor } from '../domain/cors.ts';
import { publishedAddress } from '../domain/published-address.ts';
import type { RateLimiter } from '../domain/rate-limiter.ts';
import type { Gateway } from '../gateway.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { FeedUpstream } from './feed-upstream.ts';
import { Forwarder } from './forwarder.ts';
import { Owners } from './owners.ts';
import { rateLimiter } from './rate-limiter.ts';
import { upstreamViews } from './upstream-views.ts';

/** @param redis how long the limiter's commands may take */
export async function connect(
  settings: Settings,
  context: ServiceContext,
  redis: RedisOptions = {},
): Promise<Gateway> {
  const { clock, logger, registry, lifecycle, mesh } = context;
  const instruments = metrics.register(registry);
  const users = createUserVerifier({
    client: clientFor(authService, mesh.http, settings.AUTH_SERVICE_URL),
    clock,
    logger,
    registry,
  });
  lifecycle.background('user keys and revocations', (signal) => users.run(signal));
  const owners = new Owners({
    http: mesh.http,
    clock,
    onLookup: (result) => instruments.lucid_gateway_owner_lookups_total.inc({ result }),
  });
  const baseUrls = baseUrlsOf(settings);
  const gateway: Gateway = {
    users,
    limiter: settings.RATE_LIMIT_ENABLED ? limiterFor(settings, context, redis) : undefined,
    forwarder: new Forwarder({ http: mesh.http, owners, baseUrls }),
    feeds: feedsOver(baseUrls, context),
    cors: corsFor(settings.CORS_ORIGINS),
    published: publishedAddress(settings.PUBLISH_ADDRESS),
    trustedProxyHops: settings.TRUSTED_PROXY_HOPS,
    instruments,
    clock,
    upstreams: () => upstreamViews(baseUrls, mesh),
  };
  addHealthChecks(context, gateway);
  return gateway;
}

const baseUrlsOf = (settings: Settings): Readonly<Record<string, string>> => ({
  'lucid-auth-service': settings.AUTH_SERVICE_URL,
  'lucid-session-api': settings.SESSION_API_URL,
  'lucid-session-recorder': settings.SESSION_RECORDER_URL,
  'lucid-session-anchoring': settings.SESSION_ANCHORING_URL,
  'lucid-blockchain-engine': settings.BLOCKCHAIN_ENGINE_URL,
});

function feedsOver(baseUrls: Readonly<Record<string, string>>, context: ServiceContext): Gateway['feeds'] {
  const { mesh, random, lifecycle } = context;
  const { discovery, credentials } = mesh;
  const upstream = new FeedUpstream({ discovery, credentials, random });
  return {
    open: (service, path, headers, signal) =>
      upstream.open({ baseUrl: baseUrls[service] ?? `http://${service}`, path, headers, signal }),
    stopping: lifecycle.signal,
  };
}

function limiterFor(settings: Settings, context: ServiceContext, options: RedisOptions): RateLimiter {
  const { REDIS_URI } = settings;
  const redis = REDIS_URI === undefined ? undefined : openRedis(REDIS_URI, context, options);
  const perMinute = {
    public: settings.RATE_LIMIT_PUBLIC_REQ_PER_MIN,
    authenticated: settings.RATE_LIMIT_AUTH_REQ_PER_MIN,
    admin: settings.RATE_LIMIT_ADMIN_REQ_PER_MIN,
  };
  return rateLimiter({ perMinute, loginsPerMinute: settings.LOGIN_RATE_LIMIT_PER_MIN }, redis);
}
