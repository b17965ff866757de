export { ChunkCodecError, type ChunkCodecErrorCode } from './chunk-codec-error.ts';
export { DEFAULT_LEVEL, NOT_WORTH_IT_RATIO } from './compression.ts';
export { type DecodeChunkInput, decodeChunk, decodeChunkAsync } from './decode-chunk.ts';
export { type EncodeChunkInput, type EncodedChunk, encodeChunk, encodeChunkAsync } from './encode-chunk.ts';
export {
  CHUNK_OVERHEAD_BYTES,
  type ChunkPlace,
  type CompressionAlgorithm,
  ENCRYPTION_ALGORITHM,
  MAX_PLAIN_BYTES,
  type RandomBytes,
} from './format.ts';
export { type Encapsulate, encapsulate, encapsulateFrom } from './hpke/dhkem.ts';
export { publicKeyOf, recipientFrom } from './hpke/x25519.ts';
export { type KeyPlace, unwrapKey, type WrapKeyInput, wrapKey } from './key-wrap.ts';
export { type Received, receive } from './receive.ts';
