// Makes the manifest of a finished recording, its hash, and its signature.
import { canonicalHash, NETWORK, type SigningKey, signHash } from '@lucid/ledger';
import { MAX_LEAVES, merkleRoot } from '@lucid/merkle';
import { Compile } from 'typebox/compile';
import { chunkId, MANIFEST_VERSION, Manifest, type ManifestChunk, type SignedManifest } from './manifest.ts';
import { ManifestError } from './manifest-error.ts';

/** A stored chunk as storage describes it. */
export interface StoredChunk {
  readonly sequence_number: number;
  readonly chunk_hash: string;
  readonly size_bytes: number;
  readonly plain_size: number;
  readonly plain_hash?: string | undefined;
  readonly compression?: 'zstd' | 'none' | undefined;
  readonly duration_seconds?: number | undefined;
}

/** Everything else is said here; ids and times come from the caller. */
export interface BuildManifestInput
  extends Pick<
    Manifest,
    | 'manifest_id'
    | 'encryption'
    | 'compression'
    | 'recorder_version'
    | 'codec_info'
    | 'generated_at'
    | 'generated_by'
  > {
  readonly session: Pick<Manifest, 'session_id' | 'owner_ref' | 'started_at' | 'ended_at'>;
  /** In any order; their sequence numbers are exactly 1 to n. */
  readonly chunks: readonly StoredChunk[];
}

const shape = Compile(Manifest);

/** The manifest with counts, sizes and Merkle root computed from the chunks. Throws `ManifestError`. */
export function buildManifest(input: BuildManifestInput): Manifest {
  const { session_id, owner_ref, started_at, ended_at } = input.session;
  const chunks = inOrder(input.chunks).map((chunk) => entryOf(session_id, chunk));
  const manifest = {
    manifest_version: MANIFEST_VERSION,
    manifest_id: input.manifest_id,
    network: NETWORK,
    session_id,
    owner_ref,
    started_at,
    ended_at,
    chunk_count: chunks.length,
    total_size: totalSize(chunks),
    hash_algorithm: 'sha256',
    encryption: input.encryption,
    compression: input.compression,
    recorder_version: input.recorder_version,
    codec_info: input.codec_info,
    chunks,
    merkle_root: '',
    generated_at: input.generated_at,
    generated_by: input.generated_by,
  } satisfies Manifest;
  // Checked before the tree is built, so that a bad hash is named by its field.
  const [problem] = shape.Errors({ ...manifest, merkle_root: '0'.repeat(64) });
  if (problem) throw new ManifestError('malformed', `${problem.instancePath} ${problem.message}`);
  return { ...manifest, merkle_root: manifestRoot(manifest) };
}

/** manifest_hash = SHA-256(RFC 8785 JSON of the body), 64 hex. */
export function manifestHash(manifest: Manifest): string {
  return canonicalHash(manifest);
}

/** The manifest with its hash, its signature and the public half of the key. */
export function signManifest(manifest: Manifest, key: SigningKey): SignedManifest {
  const manifest_hash = manifestHash(manifest);
  return { manifest, manifest_hash, signature: signHash(manifest_hash, key), public_key: key.publicKey };
}

/** Merkle root over the chunk hashes in list order, 64 hex. */
export function manifestRoot({ chunks }: Pick<Manifest, 'chunks'>): string {
  return merkleRoot(chunks.map((chunk) => chunk.chunk_hash));
}

/** Sum of the stored sizes in bytes. */
export function totalSize(chunks: readonly ManifestChunk[]): number {
  return chunks.reduce((sum, { size }) => sum + size, 0);
}

function inOrder(chunks: readonly StoredChunk[]): StoredChunk[] {
  if (chunks.length === 0) throw new ManifestError('no_chunks', 'a recording has at least one chunk');
  if (chunks.length > MAX_LEAVES) {
    throw new ManifestError('too_many_chunks', `${chunks.length} chunks, at most ${MAX_LEAVES}`);
  }
  const sorted = chunks.toSorted((a, b) => a.sequence_number - b.sequence_number);
  for (const [i, { sequence_number }] of sorted.entries()) {
    if (sequence_number === i + 1) continue;
    const repeated = sequence_number === sorted[i - 1]?.sequence_number;
    throw new ManifestError(
      repeated ? 'chunk_repeated' : 'chunk_gap',
      repeated ? `chunk ${sequence_number} comes twice` : `chunk ${i + 1} is missing`,
    );
  }
  return sorted;
}

function entryOf(sessionId: string, chunk: StoredChunk): ManifestChunk {
  const { plain_hash, compression, duration_seconds } = chunk;
  return {
    index: chunk.sequence_number,
    chunk_id: chunkId(sessionId, chunk.sequence_number),
    size: chunk.size_bytes,
    plain_size: chunk.plain_size,
    chunk_hash: chunk.chunk_hash,
    ...(plain_hash !== undefined && { plain_hash }),
    ...(compression !== undefined && { compression }),
    ...(duration_seconds !== undefined && { duration_seconds }),
  };
}
