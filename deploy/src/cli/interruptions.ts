/** One Ctrl-C may arrive twice, from the terminal and from a launcher that passes it on. */
const SAME_WISH_MS = 1_000;

/** The last one: the terminal has gone. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruptions {
  readonly stop: AbortController;
  readonly force: AbortController;
  /** Signals mean again what they mean to every process. */
  readonly ignore: () => void;
}

/** First signal: stop in order. Second: at once. Also when the launcher above this process has gone. */
export function interruptions(): Interruptions {
  const stop = new AbortController();
  const force = new AbortController();
  let firstAtMs = 0;
  const interrupt = () => {
    if (!stop.signal.aborted) {
      firstAtMs = performance.now();
      stop.abort();
    } else if (performance.now() - firstAtMs > SAME_WISH_MS) force.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  process.on('disconnect', interrupt);
  return {
    stop,
    force,
    ignore: () => {
      for (const signal of SIGNALS) process.off(signal, interrupt);
      process.off('disconnect', interrupt);
    },
  };
}
