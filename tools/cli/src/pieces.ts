import type { Clock } from '@lucid/clock';

export interface PieceOptions {
  /** A piece is sent when it has this many bytes, */
  sizeBytes: number;
  /** or when its first byte has waited this long: a screen that rests must not keep what it showed from the recorder. */
  holdMs: number;
  clock: Clock;
}

/** Gathers what a pipe gives in small parts. The last piece may be of any size; none is empty. */
export async function* inPieces(
  pipe: AsyncIterable<Buffer>,
  { sizeBytes, holdMs, clock }: PieceOptions,
): AsyncGenerator<Buffer> {
  const parts = pipe[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let heldBytes = 0;
  let dueMs = 0;
  const take = () => {
    const piece = Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return piece;
  };
  let coming = parts.next();
  for (;;) {
    const part = heldBytes === 0 ? await coming : await within(coming, dueMs - clock.monotonicMs(), clock);
    if (part === undefined) {
      yield take();
      continue;
    }
    if (part.done) break;
    if (heldBytes === 0) dueMs = clock.monotonicMs() + holdMs;
    held.push(part.value);
    heldBytes += part.value.length;
    coming = parts.next();
    coming.catch(() => undefined); // it is waited for, and thrown, in its turn
    if (heldBytes >= sizeBytes) yield take();
  }
  if (heldBytes > 0) yield take();
}

/** @returns undefined when the time is over first */
async function within<Value>(promise: Promise<Value>, ms: number, clock: Clock): Promise<Value | undefined> {
  const over = new AbortController();
  const timeIsUp = clock.sleep(Math.max(0, ms), over.signal).then(
    () => undefined,
    () => undefined, // the part came first
  );
  try {
    return await Promise.race([promise, timeIsUp]);
  } finally {
    over.abort();
  }
}
