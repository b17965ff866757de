import type { CHUNK_LOCATIONS } from '@lucid/contracts';

/** Which half of the store has a file. */
export type Place = (typeof CHUNK_LOCATIONS)[number];

export const otherPlace = (place: Place): Place => (place === 'active' ? 'archive' : 'active');

/** Names one file. A `StoredChunk` is one. */
export interface ChunkKey {
  session_id: string;
  sequence_number: number;
  chunk_hash: string;
}

const HASH_DIGITS = 16;

/** `{sequence:06d}-{first 16 of the hash}.bin`: the hash keeps two writers of one number apart. */
export const chunkFileName = ({ sequence_number, chunk_hash }: ChunkKey): string =>
  `${String(sequence_number).padStart(6, '0')}-${chunk_hash.slice(0, HASH_DIGITS)}.bin`;

/** @returns what a file name says, or undefined when it is none of ours */
export function parseChunkFileName(
  name: string,
): { sequence_number: number; hashPrefix: string } | undefined {
  const [, sequence, hashPrefix] = name.match(/^(\d{6})-([0-9a-f]{16})\.bin$/) ?? [];
  return sequence && hashPrefix ? { sequence_number: Number(sequence), hashPrefix } : undefined;
}
