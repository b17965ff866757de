import { setTimeout as delay } from 'node:timers/promises';
import { type ChainCaller, handIn } from './chain-client.ts';
import { signedTransactions } from './transactions.ts';

/** What was handed in so far. */
export interface CalmLoad {
  readonly taken: number;
  /** Why batches were not taken, each reason once. */
  readonly refusals: ReadonlySet<string>;
  /** Ends it, and waits for the batch that is on its way. */
  end(): Promise<void>;
}

/** Hands in one small batch per second until it is told to end. A batch that is not taken is kept in mind, not repeated. */
export function calmLoad(caller: ChainCaller, batch: number): CalmLoad {
  const refusals = new Set<string>();
  const ended = new AbortController();
  let taken = 0;
  const run = async () => {
    while (!ended.signal.aborted) {
      try {
        await handIn(caller, signedTransactions(batch), 1);
        taken += batch;
      } catch (error) {
        refusals.add(error instanceof Error ? error.message : String(error));
      }
      await pause(1000, ended.signal);
    }
  };
  const running = run();
  return {
    get taken() {
      return taken;
    },
    refusals,
    end: async () => {
      ended.abort();
      await running;
    },
  };
}

const pause = (durationMs: number, signal: AbortSignal): Promise<void> =>
  delay(durationMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
