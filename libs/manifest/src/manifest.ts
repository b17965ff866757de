// Schema of the manifest: the signed list of what a recording consists of.
import { Count, HashHex, NETWORK, PublicKeyHex, SignatureHex, Timestamp, Uuid } from '@lucid/ledger';
import { MAX_LEAVES } from '@lucid/merkle';
import { type Static, Type } from 'typebox';

export const MANIFEST_VERSION = '1.0';

/** 1 to 2^53 − 1, so that JSON numbers carry it without loss. */
const AtLeastOne = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const ShortText = Type.String({ minLength: 1, maxLength: 128 });

/** One chunk: `size` and `chunk_hash` of the stored file, `plain_size` and `plain_hash` of what it decodes to. */
export const ManifestChunk = Type.Object(
  {
    /** From 1, contiguous, in order; the Merkle leaf index is one less. */
    index: AtLeastOne,
    chunk_id: ShortText,
    size: Count,
    plain_size: Count,
    chunk_hash: HashHex,
    plain_hash: Type.Optional(HashHex),
    /** What this chunk was stored with; part of what its encryption is bound to. */
    compression: Type.Optional(Type.Union([Type.Literal('zstd'), Type.Literal('none')])),
    /** Left out where it was not measured. */
    duration_seconds: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type ManifestChunk = Static<typeof ManifestChunk>;

/** The hashed body. Signature, anchor and block stay outside, so that it never changes after signing. */
export const Manifest = Type.Object(
  {
    manifest_version: Type.Literal(MANIFEST_VERSION),
    manifest_id: Uuid,
    network: Type.Literal(NETWORK),
    session_id: Uuid,
    /** A hash; the manifest names no person. */
    owner_ref: HashHex,
    started_at: Timestamp,
    ended_at: Timestamp,
    chunk_count: AtLeastOne,
    /** Sum of the stored sizes in bytes. */
    total_size: Count,
    hash_algorithm: Type.Literal('sha256'),
    encryption: Type.Object(
      { algorithm: Type.Literal('HPKE-X25519-SHA256-AES256GCM'), key_id: ShortText },
      { additionalProperties: false },
    ),
    /** What the session was recorded with; a chunk that does not shrink is stored with `none` all the same. */
    compression: Type.Object(
      {
        algorithm: Type.Union([Type.Literal('zstd'), Type.Literal('none')]),
        level: Count,
      },
      { additionalProperties: false },
    ),
    recorder_version: ShortText,
    codec_info: ShortText,
    chunks: Type.Array(ManifestChunk, { minItems: 1, maxItems: MAX_LEAVES }),
    merkle_root: HashHex,
    generated_at: Timestamp,
    generated_by: ShortText,
  },
  { additionalProperties: false },
);
export type Manifest = Static<typeof Manifest>;

/** A manifest with what vouches for it: Ed25519 over the raw 32 bytes of `manifest_hash`. */
export const SignedManifest = Type.Object(
  { manifest: Manifest, manifest_hash: HashHex, signature: SignatureHex, public_key: PublicKeyHex },
  { additionalProperties: false },
);
export type SignedManifest = Static<typeof SignedManifest>;

/** `{session_id}-chunk-{index:06d}` */
export function chunkId(sessionId: string, index: number): string {
  return `${sessionId}-chunk-${String(index).padStart(6, '0')}`;
}
