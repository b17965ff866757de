import type { Address } from '@lucid/discovery';
import { Pool } from 'undici';
import type { Candidate } from './choose-instance.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

/** Until a connection stands, and until an idle one is closed. */
const CONNECT_TIMEOUT_MS = 5000;
const IDLE_MS = 60_000;
/** When the kernel begins to ask a silent connection, each second, ten times: a machine without power closes nothing. */
const ASK_SILENCE_AFTER_MS = 5000;
/** Without a hint of the server: less than the 5 s after which Node's closes an idle connection. */
const IDLE_WITHOUT_HINT_MS = 4000;
/** How long an instance that refused a connection is passed over. DNS forgets it within a second or two if it is gone. */
const COOL_MS = 1000;
/** How long an instance that drains is spared. By then DNS has forgotten it, or it says so again. */
const DRAINING_MS = 2000;

/** `127.0.0.1:80`, `[::1]:80`. */
export const addressKey = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** One instance of a service and the connections to it. */
export class Instance implements Candidate {
  readonly key: string;
  readonly pool: Pool;
  /** Judges calls that are pinned to this very instance; the service's own breaker judges the balanced ones. */
  readonly breaker = new CircuitBreaker();
  inFlight = 0;
  coolUntilMs = Number.NEGATIVE_INFINITY;
  drainingUntilMs = Number.NEGATIVE_INFINITY;
  pinnedMs = Number.NEGATIVE_INFINITY;

  constructor(protocol: string, key: string, maxConnections: number) {
    this.key = key;
    this.pool = new Pool(`${protocol}//${key}`, {
      connections: maxConnections,
      connect: { timeout: CONNECT_TIMEOUT_MS, keepAliveInitialDelay: ASK_SILENCE_AFTER_MS },
      keepAliveTimeout: IDLE_WITHOUT_HINT_MS,
      keepAliveMaxTimeout: IDLE_MS,
      headersTimeout: 0, // the call's own deadline covers waiting for a connection too
    });
  }

  refused(nowMs: number): void {
    this.coolUntilMs = nowMs + COOL_MS;
  }

  drains(nowMs: number): void {
    this.drainingUntilMs = nowMs + DRAINING_MS;
  }
}
