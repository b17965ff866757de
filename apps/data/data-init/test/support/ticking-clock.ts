import type { Clock } from '@lucid/clock';

/** A clock on which only sleeping takes time; `onSleep` lets the simulated world get on meanwhile. */
export function tickingClock(onSleep: () => void): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
      onSleep();
    },
  };
}
