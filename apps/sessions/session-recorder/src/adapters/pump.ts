import type { Readable } from 'node:stream';

/** How an upload came to its end. */
export type Ending =
  | { kind: 'ended' }
  | { kind: 'broken' }
  | { kind: 'interrupted'; reason: unknown }
  | { kind: 'failed'; error: unknown };

/** Received but not yet written: with as much again in the write that is running, all an upload holds in memory. */
const WAITING_LIMIT_BYTES = 1024 * 1024;

/**
 * Hands the pieces of a stream to `write`, one batch at a time: a slow stream is written piece by piece, a fast one in
 * large writes, and one that is faster than the disk is held back. What has arrived is written also when the stream breaks
 * or is interrupted. The pieces are overwritten afterwards. Never rejects; the source is paused, not destroyed, so that an answer can still be sent.
 */
export function pump(
  source: Readable,
  write: (pieces: Buffer[]) => Promise<void>,
  signal: AbortSignal,
): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isWriting = false;
  let ending: Ending | undefined;

  const end = (how: Ending) => {
    if (ending) return;
    ending = how;
    source.off('data', onData).off('end', onEnd).off('close', onBroken);
    signal.removeEventListener('abort', onAbort);
    source.pause();
    if (!isWriting) resolve(how);
  };
  const drain = async () => {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      waitingBytes = 0;
      if (!ending) source.resume();
      try {
        await write(batch);
      } catch (error) {
        wipe(waiting);
        waiting = [];
        ending = undefined; // a failed write outweighs a stream that ended meanwhile
        end({ kind: 'failed', error });
      } finally {
        wipe(batch);
      }
    }
    isWriting = false;
    if (ending) resolve(ending);
  };
  const onData = (piece: Buffer) => {
    waiting.push(piece);
    waitingBytes += piece.length;
    if (waitingBytes >= WAITING_LIMIT_BYTES) source.pause();
    if (!isWriting) void drain();
  };
  const onEnd = () => end({ kind: 'ended' });
  const onBroken = () => end({ kind: 'broken' });
  const onAbort = () => end({ kind: 'interrupted', reason: signal.reason });

  source.on('error', onBroken); // stays, so that a late error has a listener
  if (signal.aborted) onAbort();
  else if (source.destroyed) onBroken();
  else {
    signal.addEventListener('abort', onAbort, { once: true });
    source.on('end', onEnd).on('close', onBroken).on('data', onData);
  }
  return promise;
}

/** What was written is on disk, what was not is nobody's: freed memory would keep either. */
function wipe(pieces: readonly Buffer[]): void {
  for (const piece of pieces) piece.fill(0);
}

const DISCARD_LIMIT_BYTES = 16 * 1024 * 1024;
const DISCARD_LIMIT_MS = 2000;

/** Reads on for a moment without keeping anything, so that a client that is still sending gets to see the refusal. */
export function discard(source: Readable, sleep: (durationMs: number) => Promise<void>): Promise<void> {
  if (source.readableEnded || source.destroyed) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  let seenBytes = 0;
  source.on('error', () => resolve());
  source.once('end', resolve).once('close', resolve);
  source.on('data', (piece: Buffer) => {
    seenBytes += piece.length;
    wipe([piece]);
    if (seenBytes > DISCARD_LIMIT_BYTES) resolve();
  });
  source.resume();
  void sleep(DISCARD_LIMIT_MS).then(resolve);
  return promise.finally(() => source.removeAllListeners('data').pause());
}
