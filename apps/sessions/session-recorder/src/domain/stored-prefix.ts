/** How much of a recording is in storage without a gap. */
export interface StoredPrefix {
  /** The last chunk of it; 0 when there is none. */
  sequence: number;
  /** Where it ends. */
  offset: number;
}

interface StoredPiece {
  sequence_number: number;
  plain_size: number;
}

/** @param stored chunks with status `stored`, in order of their numbers */
export function extendPrefix(prefix: StoredPrefix, stored: readonly StoredPiece[]): StoredPrefix {
  let { sequence, offset } = prefix;
  for (const chunk of stored) {
    if (chunk.sequence_number <= sequence) continue;
    if (chunk.sequence_number !== sequence + 1) break;
    sequence = chunk.sequence_number;
    offset += chunk.plain_size;
  }
  return { sequence, offset };
}
