import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveSession } from './live-session.ts';

/** As the command line sends: one acknowledgement per this many bytes. */
const SEGMENT_BYTES = 64 * 1024 * 1024;
/** After an interruption, so that the acknowledgement says when bytes are taken again, not when much has been sent. */
const FIRST_AGAIN_BYTES = 256 * 1024;
const READ_BYTES = 256 * 1024;
const AGAIN_EVERY_MS = 20;
const PATIENCE_MS = 90_000;

/** Bytes did not get through, for a while. Times are of `performance.now()`. */
export interface Interruption {
  readonly seenMs: number;
  /** The first bytes after it were acknowledged. */
  readonly acceptedMs: number;
  /** Had been sent, and were not on the recorder’s disk. */
  readonly sentAgainBytes: number;
}

export interface Progress {
  /** Bytes handed to the network by everybody, those sent again included. */
  sentBytes: number;
}

type Sending = Pick<LiveSession, 'id' | 'door'>;

/** @returns when all of it was acknowledged, and what happened on the way. @throws Error when nothing moves for 90 s */
export async function sendFile(
  session: Sending,
  file: string,
  sizeBytes: number,
  progress: Progress,
): Promise<{ acknowledgedMs: number; interruptions: Interruption[] }> {
  const interruptions: Interruption[] = [];
  let open: { seenMs: number; sentAgainBytes: number } | undefined;
  let movedMs = performance.now();
  let offset = 0;
  while (offset < sizeBytes) {
    const end = Math.min(sizeBytes, offset + (open ? FIRST_AGAIN_BYTES : SEGMENT_BYTES));
    const attempt = await sendSegment(session, file, { offset, end, isLast: end === sizeBytes }, progress);
    if (attempt.isTaken) {
      offset = end;
      movedMs = performance.now();
      if (open) interruptions.push({ ...open, acceptedMs: movedMs });
      open = undefined;
      continue;
    }
    open ??= { seenMs: performance.now(), sentAgainBytes: 0 };
    if (performance.now() - movedMs > PATIENCE_MS)
      throw new Error(`session ${session.id} takes no bytes: ${attempt.reason}`);
    offset = await durableOffset(session, movedMs + PATIENCE_MS);
    open.sentAgainBytes += Math.max(0, attempt.reached - offset);
  }
  return { acknowledgedMs: performance.now(), interruptions };
}

interface Segment {
  offset: number;
  end: number;
  isLast: boolean;
}

interface Attempt {
  isTaken: boolean;
  /** Up to where bytes were handed to the network. */
  reached: number;
  reason?: string;
}

async function sendSegment(
  session: Sending,
  file: string,
  { offset, end, isLast }: Segment,
  progress: Progress,
): Promise<Attempt> {
  let reached = offset;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const stream = createReadStream(file, { start: offset, end: end - 1, highWaterMark: READ_BYTES });
    for await (const part of stream as AsyncIterable<Buffer>) {
      yield part;
      reached += part.length; // the network has taken it: more is asked for
      progress.sentBytes += part.length;
    }
  }
  const headers = {
    'content-type': 'application/octet-stream',
    'upload-offset': String(offset),
    ...(isLast ? { 'upload-complete': '?1' } : {}),
  };
  try {
    const answer = await session.door.send('PATCH', `/sessions/${session.id}/stream`, headers, bytes());
    const isTaken = answer.status === 204 && Number(answer.headers['upload-offset']) === end;
    return { isTaken, reached, reason: `${answer.status} ${answer.text.slice(0, 300)}` };
  } catch (error) {
    return { isTaken: false, reached, reason: String(error) }; // a broken connection: the offset is asked for
  }
}

/** Asks until there is an answer. @throws Error when there is none in time */
async function durableOffset(session: Sending, untilMs: number): Promise<number> {
  for (;;) {
    await sleep(AGAIN_EVERY_MS);
    const asked = session.door.send('GET', `/sessions/${session.id}/stream`, {}, null);
    const answer = await asked.catch((error: unknown) => ({ status: 0, text: String(error) }));
    if (answer.status === 200) return (JSON.parse(answer.text) as { durable_offset: number }).durable_offset;
    if (performance.now() > untilMs)
      throw new Error(`nobody knows the offset of ${session.id}: ${answer.status} ${answer.text}`);
  }
}
