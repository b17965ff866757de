// Plaintext of one chunk → the file that is stored, with everything that has to be recorded about it.
import { createHash, hash } from 'node:crypto';
import { ChunkCodecError } from './chunk-codec-error.ts';
import { type Compressed, compress, compressAsync, DEFAULT_LEVEL } from './compression.ts';
import { type CompressionAlgorithm, ENCRYPTION_ALGORITHM, MAX_PLAIN_BYTES, PIECE_BYTES } from './format.ts';
import { runNow, runPolitely, type Sealed, type SealInput, sealInPieces } from './sealer.ts';

export interface EncodeChunkInput extends SealInput {
  /** 1 byte to `maxPlainBytes`. */
  readonly plaintext: Uint8Array;
  /** `none` also results when zstd leaves more than 98 %. @default 'zstd' */
  readonly compression?: CompressionAlgorithm;
  /** zstd level. @default 3 */
  readonly level?: number;
  /** Recorded beside the algorithm; names the key pair of the session. */
  readonly keyId?: string;
  /** SHA-256 of the plaintext when the caller hashed it as it arrived; saves the second reading. */
  readonly knownPlainHash?: string;
  /** @default 10 MiB */
  readonly maxPlainBytes?: number;
}

export interface EncodedChunk extends Sealed {
  /** SHA-256 of the plaintext, 64 lower-case hex. */
  readonly plainHash: string;
  /** What was done, not what was asked for; `ratio` is payload/plain to four digits, `level` 0 with `none`. */
  readonly compression: { algorithm: CompressionAlgorithm; level: number; ratio: number };
  readonly encryption: { algorithm: typeof ENCRYPTION_ALGORITHM; key_id?: string };
}

/** Encodes on the calling thread: the most throughput per core, at about 20 ms of a blocked event loop per 10 MiB. */
export function encodeChunk(input: EncodeChunkInput): EncodedChunk {
  assertSize(input);
  const compressed = compress(input.plaintext, input.compression ?? 'zstd', input.level ?? DEFAULT_LEVEL);
  const plainHash = input.knownPlainHash ?? hash('sha256', input.plaintext, 'hex');
  try {
    return describe(input, compressed, plainHash, runNow(sealInPieces(input, compressed)));
  } finally {
    wipe(compressed, input);
  }
}

/**
 * Encodes with zstd on libuv's pool, the plain hash beside it, and a turn for the event loop after every MiB. Costs
 * about a fifth more CPU than `encodeChunk`, spread over two cores. The plaintext must not change until it resolves.
 */
export async function encodeChunkAsync(input: EncodeChunkInput): Promise<EncodedChunk> {
  assertSize(input);
  const [compressed, plainHash] = await Promise.all([
    compressAsync(input.plaintext, input.compression ?? 'zstd', input.level ?? DEFAULT_LEVEL),
    input.knownPlainHash ?? runPolitely(hashInPieces(input.plaintext)),
  ]);
  try {
    return describe(input, compressed, plainHash, await runPolitely(sealInPieces(input, compressed)));
  } finally {
    wipe(compressed, input);
  }
}

/** What zstd made of the plaintext is as telling as the plaintext; that itself stays its owner's. */
function wipe({ payload }: Compressed, { plaintext }: EncodeChunkInput): void {
  if (payload !== plaintext) payload.fill(0);
}

/** SHA-256 as 64 hex digits, one piece per step. */
export function* hashInPieces(bytes: Uint8Array): Generator<undefined, string> {
  const running = createHash('sha256');
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    running.update(bytes.subarray(from, from + PIECE_BYTES));
    yield;
  }
  return running.digest('hex');
}

function assertSize({ plaintext, maxPlainBytes = MAX_PLAIN_BYTES }: EncodeChunkInput): void {
  if (plaintext.length === 0) throw new ChunkCodecError('empty_plaintext', 'a chunk holds at least one byte');
  if (plaintext.length > maxPlainBytes) {
    throw new ChunkCodecError('plaintext_too_large', `${plaintext.length} bytes exceed ${maxPlainBytes}`);
  }
}

function describe(
  input: EncodeChunkInput,
  compressed: Compressed,
  plainHash: string,
  sealed: Sealed,
): EncodedChunk {
  const { algorithm, level, ratio } = compressed;
  return {
    ...sealed,
    plainHash,
    compression: { algorithm, level, ratio: Math.round(ratio * 1e4) / 1e4 },
    encryption: {
      algorithm: ENCRYPTION_ALGORITHM,
      ...(input.keyId !== undefined && { key_id: input.keyId }),
    },
  };
}
