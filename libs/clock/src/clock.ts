import { setTimeout as delay } from 'node:timers/promises';

/** The only source of time. Code under test receives a fake one; nothing below `domain/` reads the wall clock itself. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  monotonicMs(): number;
  /** Resolves after `durationMs`, or rejects with the signal's reason when it aborts first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (durationMs, signal) => delay(durationMs, undefined, signal ? { signal } : {}),
};

/** RFC 3339 in UTC with milliseconds, the form of every time on the wire. */
export const isoTime = (clock: Clock): string => new Date(clock.nowMs()).toISOString();
