/** How an instance shows that it can be used. One description, three forms: HTTP GET, a command, a TCP connection. */
export type ProbeCheck =
  | { readonly kind: 'http'; readonly path: string; readonly port: number }
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'tcp'; readonly port: number };

export interface Probe {
  readonly check: ProbeCheck;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Failures in a row after which it counts as unhealthy. */
  readonly retries: number;
  /** Failures do not count this long after the start. */
  readonly startPeriodSeconds: number;
  /** Longest time from spawn to the first good answer before an engine gives up. */
  readonly startDeadlineMs: number;
}

/** The deployment guide's probe: every 30 s, 10 s to answer, 3 failures, 40 s to start. */
export const PROBE_TIMING = {
  intervalSeconds: 30,
  timeoutSeconds: 10,
  retries: 3,
  startPeriodSeconds: 40,
  startDeadlineMs: 30_000,
} as const;

/**
 * The same probe at another pace, in seconds, and as patient: it gives up after the same time. An answer is due before the
 * next question, so a short pause shortens its time.
 */
export function probedEvery(probe: Probe, seconds: number): Probe {
  const retries = Math.ceil((probe.retries * probe.intervalSeconds) / seconds);
  const timeoutSeconds = Math.min(probe.timeoutSeconds, seconds);
  return { ...probe, intervalSeconds: seconds, timeoutSeconds, retries };
}
