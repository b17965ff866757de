import { systemClock } from '@lucid/clock';
import type { Answer } from './gateway.ts';

export interface Traffic {
  requests: number;
  /** Requests that were sent again because nobody took the connection; how clients react to a restart. */
  retried: number;
  /** What a client cannot mend: an answer other than the expected one, or a connection lost too often. */
  failures: string[];
}

/** Nobody listens, or whoever did has closed an idle connection: the request was not worked on. */
const CONNECTION_LEVEL = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE']);
const MOST_RETRIES = 200;
/** Between two requests of one client, and before one is sent again. */
const PAUSE_MS = 25;

/** Asks again and again, a few at a time, until it is told to stop. */
export async function keepAsking(
  question: () => Promise<Answer>,
  { atOnce, until }: { atOnce: number; until: () => boolean },
): Promise<Traffic> {
  const traffic: Traffic = { requests: 0, retried: 0, failures: [] };
  const client = async () => {
    while (!until()) {
      await askOnce(question, traffic);
      await systemClock.sleep(PAUSE_MS); // light traffic, not a load test
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return traffic;
}

async function askOnce(question: () => Promise<Answer>, traffic: Traffic): Promise<void> {
  traffic.requests += 1;
  for (let retries = 0; ; retries += 1) {
    try {
      const { status, text } = await question();
      if (status !== 200) traffic.failures.push(`${status} ${text}`);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!CONNECTION_LEVEL.has(code) || retries === MOST_RETRIES) {
        traffic.failures.push(`${code} ${(error as Error).message}`);
        return;
      }
      traffic.retried += 1;
      await systemClock.sleep(PAUSE_MS);
    }
  }
}
