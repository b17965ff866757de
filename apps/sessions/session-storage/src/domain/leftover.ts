import { type Place, parseChunkFileName } from './chunk-place.ts';

/** What storage knows of one number of a session. */
export interface KnownFile {
  sequence_number: number;
  chunk_hash: string;
  location: Place;
  isDeleted: boolean;
}

/**
 * `wanted`: the file of a record. `duplicate`: its second copy, left by a crash during a move. `deleted`: of a chunk that was
 * removed. `unknown`: no record has it.
 */
export type Leftover = 'wanted' | 'duplicate' | 'deleted' | 'unknown';

/**
 * @param known the session's record of this number, if there is one
 * @param hasTwin the same file is in the other half too, whole
 */
export function judgeFile(
  file: { name: string; place: Place },
  known: KnownFile | undefined,
  hasTwin: boolean,
): Leftover {
  const parsed = parseChunkFileName(file.name);
  if (!parsed || !known?.chunk_hash.startsWith(parsed.hashPrefix)) return 'unknown';
  if (known.isDeleted) return 'deleted';
  return hasTwin && known.location !== file.place ? 'duplicate' : 'wanted';
}
