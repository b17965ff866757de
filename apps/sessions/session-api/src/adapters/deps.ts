import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import type { Settings } from '../config.ts';
import type { metrics } from '../metrics.ts';
import type { AuditLog } from './audit-log.ts';
import type { Clients } from './clients.ts';
import type { Leases } from './leases.ts';
import type { Limits } from './limits.ts';
import type { LiveFeeds } from './live-feeds.ts';
import type { Sessions } from './sessions.ts';

/** What `connect` opens for the routes. */
export interface Deps {
  settings: Settings;
  sessions: Sessions;
  audit: AuditLog;
  leases: Leases;
  clients: Clients;
  feeds: LiveFeeds;
  /** None: nobody is limited here. */
  limits: Limits | undefined;
  instruments: Instruments<(typeof metrics)['definitions']>;
  logger: Logger;
}
