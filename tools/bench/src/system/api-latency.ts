import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveSession } from './live-session.ts';

const ASK_EVERY_MS = 100;

/** Asks how a session is, one after the other, while something else goes on. @returns what it came to, and milliseconds of each call */
export async function askingMeanwhile<Value>(
  sessions: readonly LiveSession[],
  work: () => Promise<Value>,
): Promise<{ value: Value; apiMs: readonly number[] }> {
  const apiMs: number[] = [];
  const over = new AbortController();
  const asking = (async () => {
    for (let at = 0; !over.signal.aborted; at++) {
      const startedMs = performance.now();
      await sessions[at % sessions.length]?.look();
      apiMs.push(performance.now() - startedMs);
      await sleep(ASK_EVERY_MS);
    }
  })();
  const [value] = await Promise.all([work().finally(() => over.abort()), asking]);
  return { value, apiMs };
}
