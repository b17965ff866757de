import type { Clock, Random } from '@lucid/clock';
import type { Discovery } from '@lucid/discovery';
import { commonErrors } from '@lucid/errors';
import type { Registry } from '@lucid/metrics';
import type { Credentials } from '@lucid/service-auth';
import { type CallContext, runCall } from './call.ts';
import { CallScope } from './call-scope.ts';
import { CallerFault } from './caller-fault.ts';
import type { CallOutcome, Circuit, CircuitBreaker } from './circuit-breaker.ts';
import { Deadlines } from './deadlines.ts';
import type { HttpRequest, HttpResponse } from './http-request.ts';
import type { Instance } from './instance.ts';
import { breakerOutcome, errorOutcome, statusOutcome } from './judge.ts';
import { createRecorder, type Outcome } from './metrics.ts';
import { requestHeaders } from './request-headers.ts';
import { Upstream } from './upstream.ts';

/** Until an answer begins, and between two pieces of its body. */
const TIMEOUT_MS = 30_000;
const BODY_TIMEOUT_MS = 60_000;
/** Many, since uploads hold a connection for as long as a recording lasts. Idle ones close by themselves. */
const MAX_CONNECTIONS = 256;

export interface HttpClientOptions {
  discovery: Discovery;
  clock: Clock;
  random: Random;
  /** Makes the service tokens; without, calls carry none. */
  credentials?: Credentials;
  registry?: Registry;
  onBreakerChange?: (change: { service: string; from: Circuit; to: Circuit }) => void;
  /** To one instance. @default 256 */
  maxConnections?: number;
}

export interface UpstreamStatus {
  service: string;
  /** How many are known. */
  instances: number;
  circuit: Circuit;
  consecutive_failures: number;
}

export interface HttpClient {
  /**
   * @returns the answer, whatever its status; its body must be read, dumped or destroyed
   * @throws UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT, UPSTREAM_FAILED (nonsense), BREAKER_OPEN, UNAVAILABLE after `close`; the
   *   signal's reason; the body stream's error
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  upstreams(): UpstreamStatus[];
  /** Takes no more calls, waits for those in flight, closes all connections. */
  close(): Promise<void>;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const {
    discovery,
    clock,
    random,
    credentials,
    onBreakerChange,
    maxConnections = MAX_CONNECTIONS,
  } = options;
  const recorder = createRecorder(options.registry);
  const deadlines = new Deadlines(clock);
  const upstreams = new Map<string, Upstream>();
  let closed = false;

  const onCircuit = (service: string, to: Circuit, from: Circuit): void => {
    recorder.circuit(service, to);
    onBreakerChange?.({ service, from, to });
  };
  const upstreamFor = (baseUrl: string): Upstream => {
    const known = upstreams.get(baseUrl);
    if (known) return known;
    const created = new Upstream({ baseUrl, discovery, clock, maxConnections, onCircuit });
    upstreams.set(baseUrl, created);
    recorder.circuit(created.service, 'closed');
    return created;
  };

  const contextOf = (request: HttpRequest, upstream: Upstream, startMs: number): CallContext => {
    const { timeoutMs = TIMEOUT_MS, bodyTimeoutMs = BODY_TIMEOUT_MS, signal } = request;
    const { service } = upstream;
    const token = credentials && (() => credentials.tokenFor(service));
    const headers = requestHeaders(request, upstream.host, token);
    const scope = new CallScope(deadlines, {
      atMs: timeoutMs > 0 ? startMs + timeoutMs : Number.POSITIVE_INFINITY,
      expired: () => commonErrors.UPSTREAM_TIMEOUT({ details: { upstream: service, timeout_ms: timeoutMs } }),
      signal,
    });
    const onRetry = () => recorder.retried(service);
    return { request, upstream, scope, headers, timeoutMs, bodyTimeoutMs, clock, random, onRetry };
  };

  /** Runs the call and tells breaker and metrics how it ended. */
  const judged = async (
    context: CallContext,
    pinned: Instance | undefined,
    breaker: CircuitBreaker,
    startMs: number,
  ): Promise<HttpResponse> => {
    const { upstream, scope } = context;
    const ticket = breaker.enter(startMs);
    const ended = (outcome: Outcome, judgement: CallOutcome): void => {
      const nowMs = clock.monotonicMs();
      if (ticket !== undefined) breaker.leave(ticket, judgement, nowMs);
      recorder.ended(upstream.service, outcome, nowMs - startMs);
    };
    if (ticket === undefined) {
      ended('breaker_open', 'neither');
      throw breakerOpen(upstream.service, breaker.retryAfterMs(startMs));
    }
    upstream.budget.request(startMs);
    try {
      const { response, attempt } = await runCall(context, pinned);
      scope.met();
      attempt.whenFinished(() => scope.end());
      ended(statusOutcome(response.status), breakerOutcome(response.status));
      return response;
    } catch (error) {
      const isCallers = scope.cancelledBy === 'caller' || error instanceof CallerFault;
      ended(isCallers ? 'aborted' : errorOutcome(error), isCallers ? 'neither' : 'failure');
      throw error instanceof CallerFault ? error.cause : error;
    }
  };

  return {
    async request(request) {
      if (closed) throw commonErrors.UNAVAILABLE();
      const upstream = upstreamFor(request.baseUrl);
      const startMs = clock.monotonicMs();
      const context = contextOf(request, upstream, startMs);
      const { address } = request;
      try {
        const pinned = address && (await context.scope.whileWaiting(upstream.pinned(address)));
        return await judged(context, pinned || undefined, (pinned || upstream).breaker, startMs);
      } catch (error) {
        context.scope.end();
        throw error;
      }
    },
    upstreams: () =>
      [...upstreams.values()].map(({ service, instances, breaker }) => ({
        service,
        instances: instances.length,
        circuit: breaker.circuit,
        consecutive_failures: breaker.consecutiveFailures,
      })),
    close: async () => {
      closed = true;
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
    },
  };
}

const breakerOpen = (upstream: string, retryAfterMs: number): Error =>
  commonErrors.BREAKER_OPEN({
    details: { upstream },
    headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  });
