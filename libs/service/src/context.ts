import type { Clock, Random } from '@lucid/clock';
import type { Health } from '@lucid/health';
import type { Lifecycle } from '@lucid/lifecycle';
import type { Logger } from '@lucid/logging';
import type { baseMetrics, Instruments, Registry } from '@lucid/metrics';
import type { Mesh } from './mesh.ts';

/** What every part of a service may use. Made once by `runService`, or by a test. */
export interface ServiceContext {
  /** The name in DNS, tokens and envelopes, `lucid-session-api`. */
  service: string;
  instanceId: string;
  version: string;
  /** host:port under which other services reach this very instance. */
  advertisedAddress: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  registry: Registry;
  metrics: Instruments<(typeof baseMetrics)['definitions']>;
  metricsToken: string | undefined;
  health: Health;
  lifecycle: Lifecycle;
  /** Calls to and from other services. @throws when the service’s config has no mesh variables */
  readonly mesh: Mesh;
}
