import type { Clock } from '@lucid/clock';
import { expect, it } from 'vitest';
import { WatchedHost } from '../src/watched-host.ts';

/** A clock on which every sleep is over at once, and time has passed all the same. */
function hastyClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (durationMs) => {
      await new Promise((resolve) => setImmediate(resolve));
      nowMs += durationMs;
    },
  };
}

it('stops asking for a name nobody uses for a minute, and asks first when it is used again', async () => {
  let asked = 0;
  let hosts = ['10.0.0.1'];
  const watched = new WatchedHost({
    host: 'lucid-x',
    query: async () => {
      asked++;
      return hosts.map((host) => ({ host }));
    },
    clock: hastyClock(),
    refreshMs: 1000,
    onError: () => undefined,
    signal: new AbortController().signal,
  });
  await watched.addresses(1);
  await watched.ended();
  expect(asked).toBeGreaterThanOrEqual(60);
  expect(asked).toBeLessThanOrEqual(62);
  hosts = ['10.0.0.2'];
  expect(await watched.addresses(1)).toEqual([{ host: '10.0.0.2', port: 1 }]);
  await watched.ended();
});
