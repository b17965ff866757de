import type { Chunk, ChunkListQuery, SignedManifest } from '@lucid/contracts';
import type { Manifest } from '@lucid/manifest';
import type { Static } from 'typebox';
import { removedChunks } from '../domain/removed-chunks.ts';
import type { SessionDocument } from '../domain/session-document.ts';
import type { Clients } from './clients.ts';

export interface ChunkList {
  chunks: Chunk[];
  total: number;
  limit: number;
  offset: number;
}

type Wish = Omit<Static<typeof ChunkListQuery>, 'limit' | 'offset'> & { limit: number; offset: number };

/** Chunks in order: what the recorder knows, and after the retention what the manifest says of them. */
export async function listChunks(
  { recorder, storage }: Pick<Clients, 'recorder' | 'storage'>,
  session: SessionDocument,
  wish: Wish,
): Promise<ChunkList> {
  const { limit, offset, status } = wish;
  const [start_time, end_time] = [inUtc(wish.start_time), inUtc(wish.end_time)];
  const params = { session_id: session._id };
  if (session.status === 'created') return { chunks: [], total: 0, limit, offset };
  const times = { ...(start_time ? { start_time } : {}), ...(end_time ? { end_time } : {}) };
  if (!session.purged_at)
    return (await recorder.listRecordedChunks({ params, query: { ...wish, ...times } })).body;
  if (session.status === 'failed') return { chunks: [], total: 0, limit, offset }; // nothing was ever signed
  const signed = (await storage.getManifest({ params })).body as Static<typeof SignedManifest>;
  const kept = removedChunks(signed.manifest as unknown as Manifest).filter(
    (chunk) =>
      (status === undefined || status === 'deleted') &&
      (start_time === undefined || chunk.created_at >= start_time) &&
      (end_time === undefined || chunk.created_at < end_time),
  );
  return { chunks: kept.slice(offset, offset + limit), total: kept.length, limit, offset };
}

/** Times are kept and compared as text in UTC with milliseconds. */
const inUtc = (time: string | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
