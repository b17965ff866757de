import { Long } from 'bson';
import { takeBatch } from '../adapters/cursors.ts';
import { encode } from '../domain/bson/codec.ts';
import { double } from '../domain/bson/numbers.ts';
import type { Doc } from '../domain/bson/types.ts';
import { type CommandContext, CursorReply } from './command.ts';

/** MongoDB's size of a first batch when the client names none. */
const DEFAULT_BATCH = 101;

export interface CursorOptions {
  batchSize: number | undefined;
  singleBatch?: boolean;
  noTimeout?: boolean;
}

/** Sends the first batch and keeps the rest under a cursor id. */
export function openCursor(
  context: CommandContext,
  namespace: string,
  rows: Iterator<Uint8Array>,
  options: CursorOptions,
): CursorReply {
  const { engine, session } = context;
  const holder = { rows, pending: undefined as Uint8Array | undefined };
  const { docs, done } = takeBatch(holder, options.batchSize ?? DEFAULT_BATCH);
  if (done || options.singleBatch) {
    rows.return?.();
    return new CursorReply('firstBatch', 0n, namespace, docs);
  }
  const id = newCursorId(context);
  engine.cursors.add({
    ...holder,
    id,
    namespace,
    user: session.user,
    timesOut: options.noTimeout !== true,
    usedAtMs: engine.clock.nowMs(),
  });
  return new CursorReply('firstBatch', id, namespace, docs);
}

function newCursorId({ engine }: CommandContext): bigint {
  const id = engine.random.bytes(8).readBigUInt64BE() >> 1n;
  return id === 0n ? 1n : id;
}

export function* encoded(docs: Iterable<Doc>): Generator<Uint8Array> {
  for (const doc of docs) yield encode(doc);
}

/** A cursor over a few documents made up by the server. */
export const smallCursor = (
  context: CommandContext,
  namespace: string,
  docs: Doc[],
  batchSize?: number,
): CursorReply => openCursor(context, namespace, encoded(docs), { batchSize: batchSize ?? docs.length + 1 });

/** The answer as BSON, without decoding the documents it carries. */
export function encodeCursorReply(reply: CursorReply): Buffer {
  const frame = encode({
    cursor: { id: Long.fromBigInt(reply.id), ns: reply.namespace, [reply.field]: [] },
    ok: double(1),
  });
  if (reply.docs.length === 0) return frame;
  // The empty array is the last field of the cursor: 5 bytes, then the end of the cursor, then `ok` and the end.
  const tailBytes = 1 + (1 + 3 + 8) + 1;
  const arrayAt = frame.length - tailBytes - 5;
  const elements: Uint8Array[] = [];
  let sizeBytes = 0;
  reply.docs.forEach((doc, position) => {
    const name = Buffer.from(`\x03${position}\0`, 'latin1');
    elements.push(name, doc);
    sizeBytes += name.length + doc.length;
  });
  const head = Buffer.from(frame.subarray(0, arrayAt + 4));
  head.writeInt32LE(5 + sizeBytes, arrayAt);
  head.writeInt32LE(head.readInt32LE(0) + sizeBytes, 0);
  // The cursor document starts behind the total size, its type byte and its name.
  const cursorAt = 4 + 1 + 'cursor\0'.length;
  head.writeInt32LE(head.readInt32LE(cursorAt) + sizeBytes, cursorAt);
  return Buffer.concat([head, ...elements, frame.subarray(arrayAt + 4)]);
}
