// Shape of a chunk file, one HPKE message: enc(32) ‖ ciphertext ‖ tag(16), and what binds it to its place.
import { ChunkCodecError } from './chunk-codec-error.ts';

/** How manifests and stored metadata name it: RFC 9180, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export const ENCRYPTION_ALGORITHM = 'HPKE-X25519-SHA256-AES256GCM';

export const KEY_BYTES = 32;
export const ENC_BYTES = 32;
export const TAG_BYTES = 16;

/** What a chunk file is longer than its payload: 48 bytes. */
export const CHUNK_OVERHEAD_BYTES = ENC_BYTES + TAG_BYTES;

/** Largest plaintext of one chunk unless the caller says otherwise (10 MiB). */
export const MAX_PLAIN_BYTES = 10 * 1024 * 1024;

/** Bytes handed to the cipher and the hash at a time: they stay in the CPU's cache between the two. */
export const PIECE_BYTES = 256 * 1024;

export type CompressionAlgorithm = 'zstd' | 'none';

/** Where a chunk belongs; a file moved to another place no longer opens. `sequenceNumber` counts from 1. */
export interface ChunkPlace {
  readonly sessionId: string;
  readonly sequenceNumber: number;
}

/** A source of cryptographic randomness: exactly `size` bytes. `randomBytes` of node:crypto fits. */
export type RandomBytes = (size: number) => Uint8Array;

/** HPKE's `info`: `lucid-chunk:{session_id}:{seq}`. */
export function chunkInfo(place: ChunkPlace): Buffer {
  return Buffer.from(`lucid-chunk:${place.sessionId}:${place.sequenceNumber}`);
}

/** Additional authenticated data: `{session_id}|{seq}|{compression}`. */
export function chunkAad(place: ChunkPlace, compression: CompressionAlgorithm): Buffer {
  assertId(place.sessionId, 'session id');
  if (!Number.isSafeInteger(place.sequenceNumber) || place.sequenceNumber < 1) {
    throw new ChunkCodecError(
      'bad_identity',
      `sequence number ${place.sequenceNumber} is no whole number from 1`,
    );
  }
  return Buffer.from(`${place.sessionId}|${place.sequenceNumber}|${compression}`);
}

/** A `|` inside an id would let two different places share one AAD text. */
export function assertId(id: string, what: string): void {
  if (id === '' || id.includes('|'))
    throw new ChunkCodecError('bad_identity', `${what} is empty or holds a "|"`);
}

export function assertKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new ChunkCodecError('bad_key_size', `a key is ${KEY_BYTES} bytes`);
}

/** Exactly `size` bytes from the source, or `bad_random_size`: a short nonce must never go unnoticed. */
export function take(randomBytes: RandomBytes, size: number): Uint8Array {
  const bytes = randomBytes(size);
  if (bytes.length !== size)
    throw new ChunkCodecError('bad_random_size', `asked for ${size} random bytes, got ${bytes.length}`);
  return bytes;
}
