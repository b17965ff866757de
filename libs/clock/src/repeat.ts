import type { Clock } from './clock.ts';

export interface RepeatOptions {
  clock: Clock;
  /** Pause between the end of one round and the start of the next. */
  pauseMs: number;
  /** Ends the loop; a round in flight is waited for. */
  signal: AbortSignal;
  /** A failed round is reported here and the loop goes on. */
  onError: (error: unknown) => void;
}

/**
 * Runs `round` again and again until the signal aborts. Returns when the last round has ended.
 * A round that returns `true` asks to be run again at once (there is more work waiting).
 */
export async function repeat(round: () => Promise<boolean>, options: RepeatOptions): Promise<void> {
  const { clock, pauseMs, signal, onError } = options;
  while (!signal.aborted) {
    let again = false;
    try {
      again = await round();
    } catch (error) {
      onError(error);
    }
    if (again) continue;
    await clock.sleep(pauseMs, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
  }
}
