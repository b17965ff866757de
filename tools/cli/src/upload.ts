import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { systemClock } from '@lucid/clock';
import { CliError } from './cli-error.ts';
import { HeldBytes } from './held-bytes.ts';
import { inPieces } from './pieces.ts';
import { Sender, type SenderOptions } from './sender.ts';

export interface UploadOptions extends SenderOptions {
  /** Told when everything has been sent, and what remains is to wait for storage. */
  onSent: () => void;
}

/** One request carries at most this much; the acknowledgement comes at its end. */
const FILE_SEGMENT_BYTES = 64 * 1024 * 1024;
const PIPE_SEGMENT_BYTES = 8 * 1024 * 1024;
/** What a slow pipe has given is on its way to a disk within a second. */
const PIPE_HOLD_MS = 1000;
/** What is held of a pipe until it is stored: the open chunk, those that are worked on, and a minute of a busy screen. */
const MOST_HELD_BYTES = 128 * 1024 * 1024;
/** A fast pipe waits for storage; a screen cannot wait long, and goes on with what is on the recorder's disk alone. */
const HOLD_BACK_MS = 15_000;

/**
 * Sends a file from wherever the recorder says it is, again after every interruption, and what a recorder lost that went down
 * with its disk. @returns bytes acknowledged; they are in storage, unless that made no progress for the whole patience
 */
export async function uploadFile(path: string, sizeBytes: number, options: UploadOptions): Promise<number> {
  const sender = new Sender(options);
  const open = (from: number, end: number) => () =>
    from < end
      ? createReadStream(path, { start: from, end: end - 1, highWaterMark: 1024 * 1024 })
      : Readable.from([]);
  await sender.offset();
  if (sender.offsets.status !== 'recording' && sender.offsets.durable >= sizeBytes) return sizeBytes; // ended before
  do {
    for (let isSealed = false; !isSealed; ) {
      const from = sender.offsets.durable;
      const end = Math.min(sizeBytes, from + FILE_SEGMENT_BYTES);
      const isLast = end === sizeBytes;
      isSealed = (await sender.send(from, open(from, end), isLast)) && isLast;
    }
    options.onSent();
  } while ((await sender.untilStored(sizeBytes)) === 'lost');
  return sizeBytes;
}

/**
 * Sends a pipe. Each piece is held until it is in storage, so that neither an interruption nor the loss of a recorder with its
 * disk loses anything. @returns bytes acknowledged, as for a file
 */
export async function uploadPipe(pipe: AsyncIterable<Buffer>, options: UploadOptions): Promise<number> {
  const sender = new Sender(options);
  const held = new HeldBytes(await sender.offset());
  const clock = options.clock ?? systemClock;
  const pieces = inPieces(pipe, { sizeBytes: PIPE_SEGMENT_BYTES, holdMs: PIPE_HOLD_MS, clock });
  for await (const piece of pieces) {
    held.add(piece);
    await catchUp(sender, held, false);
    await makeRoom(sender, held);
  }
  do {
    await catchUp(sender, held, true);
    options.onSent();
  } while ((await sender.untilStored(held.end)) === 'lost');
  return held.end;
}

/** Sends what the recorder does not have, until it has all that is held. @throws CliError when what it lacks is gone here too */
async function catchUp(sender: Sender, held: HeldBytes, isLast: boolean): Promise<void> {
  for (let isSealed = !isLast; sender.offsets.durable < held.end || !isSealed; ) {
    const from = sender.offsets.durable;
    if (from < held.start)
      throw new CliError('the recorder is lost, with bytes that were let go of while storage lagged behind');
    const went = await sender.send(from, () => Readable.from(held.from(from)), isLast);
    isSealed ||= went;
    held.release(sender.offsets.stored);
  }
}

async function makeRoom(sender: Sender, held: HeldBytes): Promise<void> {
  while (held.sizeBytes > MOST_HELD_BYTES) {
    const outcome = await sender.untilStored(held.firstEnd, held.end, HOLD_BACK_MS);
    held.release(outcome === 'stuck' ? held.firstEnd : sender.offsets.stored);
    if (outcome === 'lost') await catchUp(sender, held, false);
  }
}
