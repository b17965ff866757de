import { type Clock, repeat } from '@lucid/clock';
import { commonErrors, type ServiceError } from '@lucid/errors';
import { type Address, canonical, type Found, sameFound } from './address.ts';
import type { Query } from './queries.ts';

/** A name nobody asked for in this time is no longer refreshed. */
const IN_USE_MS = 60_000;
/** A name that does not resolve is asked for at most this often, however many callers want it. */
const RETRY_AFTER_MS = 100;

export interface WatchedHostOptions {
  host: string;
  query: Query;
  clock: Clock;
  refreshMs: number;
  onError: (error: ServiceError) => void;
  signal: AbortSignal;
}

/**
 * What is known of one name.
 * ```
 *        first use              an answer
 * idle ─────────────▶ asking ─────────────▶ known ──┐ asks every second; failures keep the list
 *   ▲                  │   ▲                  │  ▲──┘
 *   │          failure ▼   │ next use         │
 *   │                 unknown                 │ not used for a minute
 *   └─────────────────────────────────────────┘ the list stays as a last resort
 * ```
 */
export class WatchedHost {
  readonly #options: WatchedHostOptions;
  readonly #byPort = new Map<number, readonly Address[]>();
  #known: readonly Found[] | undefined;
  #fresh = false;
  #usedMs = 0;
  #asking: Promise<void> | undefined;
  #watching: Promise<void> | undefined;
  #failure: { error: ServiceError; atMs: number } | undefined;

  constructor(options: WatchedHostOptions) {
    this.#options = options;
  }

  /** The same array as long as nothing changed. @throws UPSTREAM_UNREACHABLE when the name never resolved */
  async addresses(port: number): Promise<readonly Address[]> {
    const { clock, signal } = this.#options;
    this.#usedMs = clock.monotonicMs();
    if (!this.#watching && !signal.aborted) this.#watching = this.#watch();
    if (!this.#fresh && !this.#failedJustNow()) await this.#ask();
    if (!this.#known) throw this.#failure?.error ?? commonErrors.UPSTREAM_UNREACHABLE();
    return this.#withPort(this.#known, port);
  }

  /** Resolves when the background refresh has ended. */
  async ended(): Promise<void> {
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { clock, refreshMs, signal } = this.#options;
    const idle = new AbortController();
    const end = AbortSignal.any([signal, idle.signal]);
    const round = async () => {
      if (clock.monotonicMs() - this.#usedMs < IN_USE_MS) await this.#ask();
      else idle.abort();
      return false;
    };
    // `#ask` never rejects
    await repeat(round, { clock, pauseMs: refreshMs, signal: end, onError: () => undefined });
    this.#fresh = false;
    this.#watching = undefined;
  }

  #failedJustNow(): boolean {
    return (
      this.#failure !== undefined && this.#options.clock.monotonicMs() - this.#failure.atMs < RETRY_AFTER_MS
    );
  }

  /** One question at a time, shared by whoever waits for it. Never rejects. */
  #ask(): Promise<void> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askOnce(): Promise<void> {
    const { host, query } = this.#options;
    try {
      const found = canonical(await query(host));
      if (found.length === 0) throw Object.assign(new Error('no addresses'), { code: 'ENODATA' });
      if (!this.#known || !sameFound(this.#known, found)) {
        this.#known = found;
        this.#byPort.clear();
      }
      this.#failure = undefined;
    } catch (error) {
      this.#fail(error);
    }
    this.#fresh = this.#known !== undefined;
  }

  #fail(cause: unknown): void {
    const { host, clock, onError, signal } = this.#options;
    if (signal.aborted) return;
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const before = this.#failure;
    const isNews = before?.error.details?.reason !== reason;
    const error = isNews
      ? commonErrors.UPSTREAM_UNREACHABLE({ details: { upstream: host, reason }, cause })
      : before.error;
    this.#failure = { error, atMs: clock.monotonicMs() };
    if (isNews) onError(error);
  }

  #withPort(known: readonly Found[], port: number): readonly Address[] {
    const before = this.#byPort.get(port);
    if (before) return before;
    const addresses = known.map((found) => ({ host: found.host, port: found.port ?? port }));
    this.#byPort.set(port, addresses);
    return addresses;
  }
}
