import type { StoredChunk } from '@lucid/contracts';
import type { PipelineDocument } from '../../domain/pipeline-document.ts';
import { errors } from '../../errors.ts';
import type { Clients } from '../clients.ts';

const PAGE = 1000;

/**
 * What storage holds of a session, in order; of each chunk only what `keep` returns, for there may be 100,000.
 * @throws 7013 unless the numbers run from 1 to the count of the recorder without a gap
 */
export async function storedChunks<Kept>(
  storage: Clients['storage'],
  { _id, statistics }: PipelineDocument,
  keep: (chunk: StoredChunk) => Kept,
): Promise<Kept[]> {
  const expected = statistics.chunks_count;
  const kept: Kept[] = [];
  let pageSize: number;
  do {
    const { body } = await storage.listStoredChunks({
      params: { session_id: _id },
      query: { after: kept.length, limit: PAGE },
    });
    for (const chunk of body.chunks) {
      if (chunk.sequence_number !== kept.length + 1)
        throw errors.CHUNK_GAP({ details: { expected, missing: kept.length + 1 } });
      kept.push(keep(chunk));
    }
    pageSize = body.chunks.length;
  } while (pageSize === PAGE);
  if (kept.length !== expected) throw errors.CHUNK_GAP({ details: { expected, stored: kept.length } });
  return kept;
}
