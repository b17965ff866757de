/**
 * What several streams bring, as it comes. Ends when all have ended; when the consumer stops before, the others are
 * ended as well. @param open is given the signal that ends a stream
 */
export async function* merged<T>(
  open: readonly ((signal: AbortSignal) => AsyncGenerator<T>)[],
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const over = new AbortController();
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const streams = open.map((start) => start(either));
  const next = (at: number) => streams[at]?.next().then((result) => ({ at, result }));
  const waiting = new Map(streams.map((_, at) => [at, next(at)]));
  try {
    while (waiting.size > 0) {
      const first = await Promise.race(waiting.values());
      if (!first) return;
      if (first.result.done) waiting.delete(first.at);
      else {
        waiting.set(first.at, next(first.at));
        yield first.result.value;
      }
    }
  } finally {
    over.abort();
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}
