import { type Clock, systemClock } from '@lucid/clock';

const HOUR_MS = 3_600_000;

/** The real clock, put forward: what waits for milliseconds goes on, what waits for days is over. */
export class MovedClock implements Clock {
  aheadMs = 0;

  forward({ days = 0, hours = 0 }: { days?: number; hours?: number }): void {
    this.aheadMs += days * 24 * HOUR_MS + hours * HOUR_MS;
  }

  nowMs = (): number => systemClock.nowMs() + this.aheadMs;
  monotonicMs = (): number => systemClock.monotonicMs();
  sleep = (durationMs: number, signal?: AbortSignal): Promise<void> => systemClock.sleep(durationMs, signal);
}
