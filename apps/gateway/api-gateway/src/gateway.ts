import type { Clock } from '@lucid/clock';
import type { Instruments } from '@lucid/metrics';
import type { UserVerifier } from '@lucid/user-auth';
import type { WebSocket } from 'ws';
import type { FeedRefusal } from './adapters/feed-upstream.ts';
import type { Forwarder } from './adapters/forwarder.ts';
import type { Cors } from './domain/cors.ts';
import type { PublishedAddress } from './domain/published-address.ts';
import type { RateLimiter } from './domain/rate-limiter.ts';
import type { metrics } from './metrics.ts';

export interface UpstreamView {
  service: string;
  instances: number;
  healthy: boolean;
  circuit: 'closed' | 'open' | 'half_open';
}

/** What requests pass through on their way. */
export interface Gateway {
  users: UserVerifier;
  /** None: nobody is limited. */
  limiter: RateLimiter | undefined;
  forwarder: Forwarder;
  feeds: {
    /** Opens a live feed at a service. */
    open(
      service: string,
      path: string,
      headers: Record<string, string>,
      signal: AbortSignal,
    ): Promise<WebSocket | FeedRefusal>;
    /** Aborts when this gateway stops. */
    stopping: AbortSignal;
  };
  cors: Cors;
  published: PublishedAddress;
  trustedProxyHops: number;
  instruments: Instruments<(typeof metrics)['definitions']>;
  clock: Clock;
  /** What this gateway sees of the services behind it. */
  upstreams(): Promise<UpstreamView[]>;
}
