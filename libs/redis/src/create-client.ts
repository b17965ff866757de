import type { LookupFunction } from 'node:net';
import { Cluster, type DNSLookupFunction, Redis } from 'ioredis';
import { connectorWith } from './connector.ts';
import type { RedisTarget } from './redis-uri.ts';

export type RedisClient = Redis | Cluster;

const backOff = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

/**
 * A client that starts connecting at once and goes on trying for ever, but never keeps a command for later: what cannot be done
 * now is refused now.
 * @param name shown by `CLIENT LIST`
 */
export function createClient(target: RedisTarget, name: string, lookup: LookupFunction): RedisClient {
  const common = {
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    connectionName: name,
    Connector: connectorWith(lookup),
    connectTimeout: 2000,
    socketTimeout: 2000, // ends a connection whose other side is silent, so that the next one can be tried
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  if (target.isCluster)
    return new Cluster([...target.hosts], {
      redisOptions: common,
      enableOfflineQueue: false,
      clusterRetryStrategy: backOff,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      maxRedirections: 4,
      slotsRefreshInterval: 2000,
      slotsRefreshTimeout: 500,
      dnsLookup: lenientLookup(lookup),
    });
  const [first] = target.hosts;
  return new Redis({
    ...common,
    ...first,
    db: target.database,
    enableOfflineQueue: false,
    retryStrategy: backOff,
  });
}

/** A member whose name is unknown just now must not keep the others from being asked: connecting to it fails by itself. */
function lenientLookup(lookup: LookupFunction): DNSLookupFunction {
  return (hostname, callback) =>
    lookup(hostname, {}, (error, address, family) =>
      error || typeof address !== 'string' ? callback(null, hostname) : callback(null, address, family),
    );
}
