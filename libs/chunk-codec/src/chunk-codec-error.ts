/**
 * - `empty_plaintext`, `plaintext_too_large`: a chunk is 1 byte to the limit (10 MiB unless told otherwise); decoding
 *   stops at the limit, however much a crafted file would unfold to
 * - `bad_identity`: session or key id empty or with a `|`, sequence number below 1
 * - `bad_key_size`, `bad_random_size`: a key is 32 bytes; the random source gave fewer or more bytes than asked
 * - `bad_public_key`: not 32 bytes, or a point of low order
 * - `file_too_short`: no room for the ephemeral key, a byte and the tag
 * - `authentication_failed`: altered bytes, another key, or another session, sequence number or compression
 * - `unknown_compression`: the recorded algorithm is none that this codec has
 * - `decompression_failed`: authentic bytes that are no zstd frame (the compression was recorded wrongly)
 * - `plain_hash_mismatch`: decoded well, to something else than was recorded
 * - `malformed_wrapped_key`: no `lucid-key:v2:` text of the right length
 */
export type ChunkCodecErrorCode =
  | 'empty_plaintext'
  | 'plaintext_too_large'
  | 'bad_identity'
  | 'bad_key_size'
  | 'bad_random_size'
  | 'bad_public_key'
  | 'file_too_short'
  | 'authentication_failed'
  | 'unknown_compression'
  | 'decompression_failed'
  | 'plain_hash_mismatch'
  | 'malformed_wrapped_key';

/** Every refusal of the codec. Messages name ids and sizes, never key material. */
export class ChunkCodecError extends Error {
  override readonly name = 'ChunkCodecError';
  readonly code: ChunkCodecErrorCode;

  constructor(code: ChunkCodecErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
