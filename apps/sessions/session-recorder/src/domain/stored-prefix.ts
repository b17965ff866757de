/** How much of a recording is in storage without a gap. */
export interface StoredPrefix {
  /** The last chunk of it; 0 when there is none. */
  sequence: number;
  /** Where it ends. */
  offset: number;
  /** Bytes of its chunk files. */
  fileBytes: number;
}

export const NOTHING_STORED: StoredPrefix = { sequence: 0, offset: 0, fileBytes: 0 };

export interface StoredPiece {
  sequence_number: number;
  plain_size: number;
  /** Of the chunk file. */
  size_bytes?: number;
}

/** @param stored chunks with status `stored`, in order of their numbers */
export function extendPrefix(prefix: StoredPrefix, stored: readonly StoredPiece[]): StoredPrefix {
  let { sequence, offset, fileBytes } = prefix;
  for (const chunk of stored) {
    if (chunk.sequence_number <= sequence) continue;
    if (chunk.sequence_number !== sequence + 1) break;
    sequence = chunk.sequence_number;
    offset += chunk.plain_size;
    fileBytes += chunk.size_bytes ?? 0;
  }
  return { sequence, offset, fileBytes };
}
