import type { StoredChunk } from '@lucid/contracts';
import { errors } from '../../errors.ts';
import type { Clients } from '../clients.ts';

const PAGE = 1000;

/**
 * Everything storage holds of a session, in order.
 * @throws 7013 unless the numbers run from 1 to `expected` without a gap
 */
export async function allStoredChunks(
  storage: Clients['storage'],
  sessionId: string,
  expected: number,
): Promise<StoredChunk[]> {
  const all: StoredChunk[] = [];
  for (;;) {
    const { body } = await storage.listStoredChunks({
      params: { session_id: sessionId },
      query: { after: all.length, limit: PAGE },
    });
    all.push(...body.chunks);
    if (body.chunks.length < PAGE) break;
  }
  const isWhole = all.length === expected && all.every((chunk, index) => chunk.sequence_number === index + 1);
  if (!isWhole) throw errors.CHUNK_GAP({ details: { expected, stored: all.length } });
  return all;
}
