import { Readable } from 'node:stream';
import type { User } from '@lucid/service';
import { errors } from '../errors.ts';
import type { Clients } from './clients.ts';

type Bytes = Awaited<ReturnType<Clients['keys']['readPlaintext']>>['bytes'];

/**
 * The whole recording in order. The first chunk is there when this returns, so that what stands in its way is answered as
 * an error; what breaks later breaks the stream off. The next chunk is asked for while the current one is being sent, so the
 * caller never waits for a decryption; no more than two chunks are under way.
 */
export async function recordingBytes(
  clients: Pick<Clients, 'keys'>,
  sessionId: string,
  chunkCount: number,
  caller: { user: User; requestId: string; signal: AbortSignal },
): Promise<Readable> {
  const open = async (sequence_number: number): Promise<Bytes> => {
    const { bytes } = await clients.keys.readPlaintext({
      params: { session_id: sessionId, sequence_number },
      ...caller,
    });
    return bytes;
  };
  return Readable.from(inOrder(await open(1), open, chunkCount), { objectMode: false });
}

async function* inOrder(
  first: Bytes,
  open: (sequenceNumber: number) => Promise<Bytes>,
  count: number,
): AsyncGenerator<Buffer> {
  let next: Promise<Bytes> | undefined = Promise.resolve(first);
  try {
    for (let sequenceNumber = 1; next; sequenceNumber++) {
      const current: Bytes = await next;
      next = sequenceNumber < count ? open(sequenceNumber + 1) : undefined;
      next?.catch(() => undefined); // awaited in the next round; must not count as unhandled until then
      yield* current as AsyncIterable<Buffer>;
    }
  } finally {
    const unread = await next?.catch(() => undefined);
    unread?.destroy();
  }
}

/** @throws 7009 when no chunk is stored */
export async function storedChunkCount(
  clients: Pick<Clients, 'storage'>,
  sessionId: string,
): Promise<number> {
  const { body } = await clients.storage.listStoredChunks({
    params: { session_id: sessionId },
    query: { limit: 1 },
  });
  if (body.total === 0) throw errors.NOTHING_STORED();
  return body.total;
}
