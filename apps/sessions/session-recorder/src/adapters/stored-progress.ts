import { extendPrefix, type StoredPrefix } from '../domain/stored-prefix.ts';
import type { Chunks } from './chunks.ts';
import { type RecordingDocument, storedPrefixOf } from './documents.ts';
import type { Recordings } from './recordings.ts';

const PAGE = 200;

/**
 * Brings the stored prefix of a recording up to date. Any instance may do it at any time: it is computed from the chunk
 * records, and what a crash left undone the next call does.
 */
export async function storedProgress(
  recordings: Recordings,
  chunks: Chunks,
  recording: RecordingDocument,
): Promise<StoredPrefix> {
  let prefix = storedPrefixOf(recording);
  for (;;) {
    const stored = await chunks.storedAfter(recording._id, prefix.sequence, PAGE);
    const next = extendPrefix(prefix, stored);
    if (next.sequence === prefix.sequence) return prefix;
    await recordings.advance(recording._id, prefix, next);
    prefix = next;
    if (stored.length < PAGE) return prefix;
  }
}
