import { counter, DURATION_BUCKETS, defineMetrics, gauge, histogram, type Registry } from '@lucid/metrics';
import type { Circuit } from './circuit-breaker.ts';

/** How a call ended: the class of the answer's status, or why there was none. */
export type Outcome =
  | '2xx'
  | '3xx'
  | '4xx'
  | '5xx'
  | 'unreachable'
  | 'timeout'
  | 'failed'
  | 'breaker_open'
  | 'aborted';

export const upstreamMetrics = defineMetrics({
  upstream_requests_total: counter({
    help: 'Calls to other services, retries not counted, by how they ended.',
    labels: ['upstream', 'outcome'],
  }),
  upstream_retries_total: counter({ help: 'Attempts after the first of a call.', labels: ['upstream'] }),
  upstream_request_duration_seconds: histogram({
    help: 'Time from call to the head of the answer, retries included.',
    labels: ['upstream'],
    buckets: DURATION_BUCKETS,
  }),
  circuit_state: gauge({
    help: 'Circuit breaker of a called service: 0 closed, 1 half open, 2 open.',
    labels: ['upstream'],
  }),
});

const CIRCUIT_NUMBERS: Record<Circuit, number> = { closed: 0, half_open: 1, open: 2 };

export interface UpstreamRecorder {
  ended(upstream: string, outcome: Outcome, durationMs: number): void;
  retried(upstream: string): void;
  circuit(upstream: string, circuit: Circuit): void;
}

/** @param registry without one, nothing is recorded */
export function createRecorder(registry: Registry | undefined): UpstreamRecorder {
  if (!registry) return { ended: () => undefined, retried: () => undefined, circuit: () => undefined };
  const metrics = upstreamMetrics.register(registry);
  return {
    ended: (upstream, outcome, durationMs) => {
      metrics.upstream_requests_total.inc({ upstream, outcome });
      if (outcome !== 'breaker_open')
        metrics.upstream_request_duration_seconds.observe({ upstream }, durationMs / 1000);
    },
    retried: (upstream) => metrics.upstream_retries_total.inc({ upstream }),
    circuit: (upstream, circuit) => metrics.circuit_state.set({ upstream }, CIRCUIT_NUMBERS[circuit]),
  };
}
