// A stored chunk file → its plaintext, or the reason why not.
import { createDecipheriv, decapsulate, hash } from 'node:crypto';
import { ChunkCodecError } from './chunk-codec-error.ts';
import { decompress, decompressAsync } from './compression.ts';
import { hashInPieces } from './encode-chunk.ts';
import {
  CHUNK_OVERHEAD_BYTES,
  type ChunkPlace,
  type CompressionAlgorithm,
  chunkAad,
  chunkInfo,
  ENC_BYTES,
  MAX_PLAIN_BYTES,
  PIECE_BYTES,
  TAG_BYTES,
} from './format.ts';
import { AES_256_GCM, keySchedule, type MessageKey } from './hpke/key-schedule.ts';
import { privateKeyFrom } from './hpke/x25519.ts';
import { runNow, runPolitely } from './sealer.ts';

export interface DecodeChunkInput extends ChunkPlace {
  readonly file: Uint8Array;
  /** Private key of the session, 32 bytes; stays the caller's. */
  readonly privateKey: Uint8Array;
  /** The recorded algorithm; any text is accepted here and anything unknown refused. */
  readonly compression: string;
  /** Recorded SHA-256 of the plaintext; checked when given. */
  readonly plainHash?: string;
  /** @default 10 MiB */
  readonly maxPlainBytes?: number;
}

/** The plaintext. Throws `ChunkCodecError`; no byte is handed out before the tag has been checked. */
export function decodeChunk(input: DecodeChunkInput): Buffer {
  const { algorithm, maxBytes } = readable(input);
  const plaintext = decompress(runNow(openInPieces(input, algorithm)), algorithm, maxBytes);
  if (input.plainHash !== undefined) assertPlainHash(input.plainHash, hash('sha256', plaintext, 'hex'));
  return plaintext;
}

/** As `decodeChunk`, with zstd on libuv's pool and a turn for the event loop after every MiB. */
export async function decodeChunkAsync(input: DecodeChunkInput): Promise<Buffer> {
  const { algorithm, maxBytes } = readable(input);
  const plaintext = await decompressAsync(
    await runPolitely(openInPieces(input, algorithm)),
    algorithm,
    maxBytes,
  );
  if (input.plainHash !== undefined) {
    assertPlainHash(input.plainHash, await runPolitely(hashInPieces(plaintext)));
  }
  return plaintext;
}

function readable({ file, compression, maxPlainBytes = MAX_PLAIN_BYTES }: DecodeChunkInput) {
  if (compression !== 'zstd' && compression !== 'none') {
    throw new ChunkCodecError('unknown_compression', `unknown compression ${JSON.stringify(compression)}`);
  }
  const payloadBytes = file.length - CHUNK_OVERHEAD_BYTES;
  if (payloadBytes < 1) throw new ChunkCodecError('file_too_short', `${file.length} bytes hold no chunk`);
  if (compression === 'none' && payloadBytes > maxPlainBytes) {
    throw new ChunkCodecError('plaintext_too_large', `${payloadBytes} bytes exceed ${maxPlainBytes}`);
  }
  return { algorithm: compression, maxBytes: maxPlainBytes } as const;
}

function* openInPieces(
  input: DecodeChunkInput,
  algorithm: CompressionAlgorithm,
): Generator<undefined, Buffer> {
  const { file } = input;
  const ciphertext = file.subarray(ENC_BYTES, file.length - TAG_BYTES);
  const aad = chunkAad(input, algorithm);
  const { key, nonce } = messageKeyOf(input);
  const decipher = createDecipheriv(AES_256_GCM.cipher, key, nonce, { authTagLength: TAG_BYTES });
  key.fill(0);
  decipher.setAAD(aad);
  decipher.setAuthTag(file.subarray(file.length - TAG_BYTES));
  const payload = Buffer.allocUnsafeSlow(ciphertext.length);
  for (let from = 0; from < ciphertext.length; from += PIECE_BYTES) {
    payload.set(decipher.update(ciphertext.subarray(from, from + PIECE_BYTES)), from);
    yield;
  }
  try {
    decipher.final();
  } catch (error) {
    throw notOurs(input, error);
  }
  return payload;
}

/** What opens one file. @throws ChunkCodecError authentication_failed for an ephemeral key of low order */
export function messageKeyOf(input: ChunkPlace & Pick<DecodeChunkInput, 'file' | 'privateKey'>): MessageKey {
  const privateKey = privateKeyFrom(input.privateKey);
  let sharedSecret: Buffer;
  try {
    sharedSecret = decapsulate(privateKey, input.file.subarray(0, ENC_BYTES));
  } catch (error) {
    throw notOurs(input, error); // an ephemeral key of low order
  }
  try {
    return keySchedule(sharedSecret, chunkInfo(input));
  } finally {
    sharedSecret.fill(0);
  }
}

function notOurs({ sequenceNumber }: ChunkPlace, cause: unknown): ChunkCodecError {
  const message = `chunk ${sequenceNumber} was altered, belongs elsewhere, or has another key`;
  return new ChunkCodecError('authentication_failed', message, { cause });
}

function assertPlainHash(recorded: string, computed: string): void {
  if (recorded !== computed) {
    throw new ChunkCodecError(
      'plain_hash_mismatch',
      `plaintext has SHA-256 ${computed}, recorded was ${recorded}`,
    );
  }
}
