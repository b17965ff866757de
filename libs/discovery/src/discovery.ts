import type { LookupFunction } from 'node:net';
import type { Clock } from '@lucid/clock';
import type { ServiceError } from '@lucid/errors';
import { type Address, literalHost } from './address.ts';
import { netLookup } from './net-lookup.ts';
import { createQueries } from './queries.ts';
import { WatchedHost } from './watched-host.ts';

export interface DiscoveryOptions {
  clock: Clock;
  /** `ip:port`; empty: the operating system's resolver. */
  dnsServers: readonly string[];
  /** `srv` where instances differ by port: asks `_http._tcp.<host>`, and for A records of the targets. */
  record: 'a' | 'srv';
  /** Pause between two questions for a name in use. @default 1000 */
  refreshMs?: number;
  /** Told once when a name stops resolving, and again when the reason changes; the last known list stays in use. */
  onError?: (error: ServiceError) => void;
}

export interface Discovery {
  /**
   * All instances behind a name, from what is known; the first question for a name is waited for. The same array is
   * returned as long as nothing changed. IP addresses and `localhost` pass through.
   * @param port the port of instances whose record does not say
   * @throws UPSTREAM_UNREACHABLE when the name never resolved
   */
  resolve(host: string, port: number): Promise<readonly Address[]>;
  /**
   * The `lookup` option of `net.connect` and of the MongoDB driver. Always asks for A records, also with `record: 'srv'`:
   * whoever connects keeps its own port.
   */
  readonly lookup: LookupFunction;
  /** Ends all refreshing. */
  close(): Promise<void>;
}

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { clock, refreshMs = 1000, onError = () => undefined } = options;
  const queries = createQueries(options.dnsServers);
  const stop = new AbortController();
  const watched = new Map<string, WatchedHost>();

  const hostOf = (host: string, record: 'a' | 'srv'): WatchedHost => {
    const key = `${record} ${host}`;
    const known = watched.get(key);
    if (known) return known;
    const query = queries[record];
    const created = new WatchedHost({ host, query, clock, refreshMs, onError, signal: stop.signal });
    watched.set(key, created);
    return created;
  };
  const resolve = async (host: string, port: number, record: 'a' | 'srv'): Promise<readonly Address[]> => {
    const literal = literalHost(host);
    return literal === undefined ? hostOf(host, record).addresses(port) : [{ host: literal, port }];
  };

  return {
    resolve: (host, port) => resolve(host, port, options.record),
    lookup: netLookup((host) => resolve(host, 0, 'a')),
    close: async () => {
      stop.abort();
      queries.cancel();
      await Promise.all([...watched.values()].map((host) => host.ended()));
    },
  };
}
