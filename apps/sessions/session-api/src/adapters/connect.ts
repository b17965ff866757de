import { openCollection, openMongo } from '@lucid/mongo';
import { openRedis } from '@lucid/redis';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { AuditLog, auditDefinition } from './audit-log.ts';
import { createClients } from './clients.ts';
import type { Deps } from './deps.ts';
import { FeedHub } from './feed-hub.ts';
import { Leases, leasesDefinition } from './leases.ts';
import { Limits } from './limits.ts';
import { LiveFeeds } from './live-feeds.ts';
import { runPurge } from './purge.ts';
import { Sessions, sessionsDefinition } from './sessions.ts';
import { runSweep } from './sweep.ts';

export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const { clock, random, logger, lifecycle, registry, mesh } = context;
  const database = await openMongo(settings.MONGODB_URI, context);
  const sessions = new Sessions(await openCollection(database, sessionsDefinition));
  const instruments = metrics.register(registry);
  const rows = await openCollection(database, auditDefinition);
  const audit = new AuditLog({ collection: rows, clock, random, days: settings.AUDIT_DAYS, instruments });
  const held = await openCollection(database, leasesDefinition);
  const leases = new Leases(held, clock, `${context.instanceId}/${random.uuid()}`);
  const hub = new FeedHub(sessions, clock, logger);
  const feeds = new LiveFeeds({ hub, clock, instruments, maxFeeds: settings.MAX_FEEDS });
  const deps: Deps = {
    ...{ settings, sessions, audit, leases, feeds, instruments, logger },
    clients: createClients(mesh.http, settings),
    limits: limitsOf(settings, context, instruments),
  };
  const alive = new Set(['purge worker', 'sweep', 'live feeds']);
  const work = (name: string, loop: (signal: AbortSignal) => Promise<void>) =>
    lifecycle.background(name, (signal) => loop(signal).finally(() => alive.delete(name)));
  work('purge worker', (signal) => runPurge({ ...deps, clock }, signal));
  work('sweep', (signal) => runSweep({ ...deps, clock }, signal));
  work('live feeds', (signal) => hub.run(signal));
  // At the beginning of the stop, for the server waits for its connections to end.
  lifecycle.signal.addEventListener('abort', () => void feeds.close(), { once: true });
  addHealthChecks(context, (name) => alive.has(name));
  return deps;
}

function limitsOf(
  settings: Settings,
  context: ServiceContext,
  instruments: Deps['instruments'],
): Limits | undefined {
  if (!settings.RATE_LIMIT_ENABLED) return undefined;
  const { REDIS_URI } = settings;
  const redis = REDIS_URI === undefined ? undefined : openRedis(REDIS_URI, context);
  return new Limits(settings, redis, (group) => instruments.session_limits_hit_total.inc({ group }));
}
