import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `condition` again and again until it returns something truthy; that is the result. A throwing condition counts as
 * not yet.
 * @throws Error naming what was waited for, with the last failure as its cause
 */
export async function eventually<Value>(
  what: string,
  condition: () => Promise<Value> | Value,
  { timeoutMs = 10_000, pauseMs = 20 } = {},
): Promise<NonNullable<Value>> {
  const endMs = performance.now() + timeoutMs;
  let failure: unknown;
  while (performance.now() < endMs) {
    try {
      const value = await condition();
      if (value) return value;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await delay(pauseMs);
  }
  throw new Error(`waited ${timeoutMs} ms in vain: ${what}`, { cause: failure });
}
