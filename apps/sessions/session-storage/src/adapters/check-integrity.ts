import type { StoredChunk } from '@lucid/contracts';
import type { Store } from './store.ts';

export interface IntegrityReport {
  chunks: { sequence_number: number; expected_hash: string; actual_hash?: string; intact: boolean }[];
  intact: boolean;
}

const PAGE = 1000;

/**
 * Hashes every file of a session again, one at a time: reading is cheap, memory and other readers matter more. Ends when
 * nobody waits for the report any more.
 */
export async function checkIntegrity(
  deps: Pick<Store, 'chunks' | 'files'>,
  sessionId: string,
  signal: AbortSignal,
): Promise<IntegrityReport> {
  const report: IntegrityReport = { chunks: [], intact: true };
  let page: StoredChunk[];
  let after = 0;
  do {
    page = await deps.chunks.list(sessionId, after, PAGE);
    for (const chunk of page) {
      signal.throwIfAborted();
      const actual = await deps.files.hashOf(chunk);
      const intact = actual === chunk.chunk_hash;
      report.chunks.push({
        sequence_number: chunk.sequence_number,
        expected_hash: chunk.chunk_hash,
        ...(actual ? { actual_hash: actual } : {}),
        intact,
      });
      report.intact &&= intact;
      after = chunk.sequence_number;
    }
  } while (page.length === PAGE);
  return report;
}
