// The two steps that look at the recording itself: whether each file is genuine, and whether they are all there.
import { createHash } from 'node:crypto';
import type { Manifest } from '@lucid/manifest';
import { type Finding, failed, passed } from './steps.ts';

/** Bytes of one chunk file, whole or in pieces. */
export type ChunkBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Pairs of sequence number and what is known of that file; a Map is one. A list may name a number twice. */
export type Numbered<T> = Iterable<readonly [sequenceNumber: number, value: T]>;

/** SHA-256 of a file that was given, or why it could not be read. */
export interface HashedFile {
  readonly sequenceNumber: number;
  readonly hash?: string;
  readonly unreadable?: string;
}

const NOT_CHECKED: Finding = { status: 'not_checked', detail: 'no chunk files were given' };

/** Reads and hashes every file, one after the other; a file that cannot be read is reported, not thrown. */
export async function hashFiles(chunks: Numbered<ChunkBytes>): Promise<HashedFile[]> {
  const files: HashedFile[] = [];
  for (const [sequenceNumber, bytes] of chunks) {
    try {
      files.push({ sequenceNumber, hash: await sha256Of(bytes) });
    } catch (error) {
      files.push({ sequenceNumber, unreadable: error instanceof Error ? error.message : String(error) });
    }
  }
  return files;
}

/** Every file is, byte for byte, one of the manifest's chunks; whether it is the right one is `judgeChunkSet`. */
export function judgeChunkHashes(files: readonly HashedFile[] | undefined, { chunks }: Manifest): Finding {
  if (!files) return NOT_CHECKED;
  const listed = new Map(chunks.map((chunk) => [chunk.index, chunk.chunk_hash]));
  const known = new Set(listed.values());
  for (const { sequenceNumber, hash, unreadable } of files) {
    if (hash === undefined) return failed(`chunk ${sequenceNumber} could not be read: ${unreadable}`);
    const expected = listed.get(sequenceNumber);
    if (expected !== undefined && !known.has(hash)) {
      return failed(`chunk ${sequenceNumber} has SHA-256 ${hash}, the manifest lists ${expected}`);
    }
  }
  return passed(`${files.length} chunk files have the SHA-256 that the manifest lists`);
}

/** Exactly the chunks of the manifest: none missing, extra, given twice, or in the place of another. */
export function judgeChunkSet(files: readonly HashedFile[] | undefined, { chunks }: Manifest): Finding {
  if (!files) return NOT_CHECKED;
  const given = new Map<number, string | undefined>();
  for (const { sequenceNumber, hash } of files) {
    if (given.has(sequenceNumber)) return failed(`chunk ${sequenceNumber} was given twice`);
    given.set(sequenceNumber, hash);
  }
  const placeOf = new Map(chunks.map((chunk) => [chunk.chunk_hash, chunk.index]));
  const listed = new Set<number>();
  for (const { index, chunk_hash } of chunks) {
    if (listed.has(index)) return failed(`the manifest lists chunk ${index} twice`);
    listed.add(index);
    if (!given.has(index)) return failed(`chunk ${index} of ${chunks.length} is missing`);
    const hash = given.get(index) ?? '';
    const place = placeOf.get(hash);
    if (hash !== chunk_hash && place !== undefined)
      return failed(`in place of chunk ${index} stands chunk ${place}`);
  }
  for (const sequenceNumber of given.keys()) {
    if (!listed.has(sequenceNumber)) return failed(`chunk ${sequenceNumber} is not in the manifest`);
  }
  return passed(`all ${chunks.length} chunks are there, each in its place`);
}

async function sha256Of(bytes: ChunkBytes): Promise<string> {
  const hash = createHash('sha256');
  if (bytes instanceof Uint8Array) hash.update(bytes);
  else for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}
