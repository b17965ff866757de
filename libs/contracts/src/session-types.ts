import { type Static, Type } from 'typebox';
import { AnyObject, Count, Hash, Nullable, OneOf, PublicKey, Strict, Timestamp, Uuid } from './schemas.ts';

/** Words and records that several session services share. */
export const SESSION_STATUSES = [
  'created',
  'starting',
  'recording',
  'paused',
  'stopped',
  'processing',
  'completed',
  'failed',
  'deleted',
] as const;
export const SessionStatus = OneOf(SESSION_STATUSES);
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export const CHUNK_STATUSES = ['recorded', 'processing', 'stored', 'quarantined', 'deleted'] as const;
export const ChunkStatus = OneOf(CHUNK_STATUSES);
export type ChunkStatus = (typeof CHUNK_STATUSES)[number];

export const ANCHORING_STATUSES = [
  'none',
  'pending',
  'processing',
  'confirmed',
  'finalized',
  'failed',
  'expired',
] as const;
export const AnchoringStatus = OneOf(ANCHORING_STATUSES);
export type AnchoringStatus = (typeof ANCHORING_STATUSES)[number];

/** chunk 10 MiB, session 10 GiB by default; the seeds' CHUNK_SIZE_MB and the 100 GiB cap. */
export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;
export const LIMITS = {
  minChunkBytes: MIB,
  maxChunkBytes: 10 * MIB,
  minSessionBytes: MIB,
  maxSessionBytes: 100 * GIB,
  defaultSessionBytes: 10 * GIB,
  maxChunks: 102_400,
} as const;

export const Compression = Strict({
  algorithm: OneOf(['zstd', 'none']),
  level: Type.Integer({ minimum: 0, maximum: 22 }),
  ratio: Type.Number({ minimum: 0 }),
});
export type Compression = Static<typeof Compression>;

/** RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export const ENCRYPTION_ALGORITHMS = ['HPKE-X25519-SHA256-AES256GCM'] as const;
export const Encryption = Strict({ algorithm: OneOf(ENCRYPTION_ALGORITHMS), key_id: Uuid });
export type Encryption = Static<typeof Encryption>;

/** What seals the chunks of a session and opens none: the public half of its key pair. */
export const SealingKey = Strict({
  key_id: Uuid,
  algorithm: OneOf(ENCRYPTION_ALGORITHMS),
  public_key: PublicKey,
});
export type SealingKey = Static<typeof SealingKey>;

/** One chunk, from plaintext on the recorder's disk to its encrypted file in storage. */
export const Chunk = Strict({
  chunk_id: Type.String(),
  session_id: Uuid,
  sequence_number: Type.Integer({ minimum: 1 }),
  status: ChunkStatus,
  /** First plaintext byte of this chunk within the recording. */
  plain_offset: Count,
  plain_size: Count,
  plain_hash: Hash,
  size_bytes: Type.Optional(Count),
  chunk_hash: Type.Optional(Hash),
  compression: Type.Optional(Compression),
  encryption: Type.Optional(Encryption),
  attempts: Count,
  error: Type.Optional(Type.String()),
  created_at: Timestamp,
  stored_at: Type.Optional(Timestamp),
});
export type Chunk = Static<typeof Chunk>;

export const ChunkPage = Strict({ chunks: Type.Array(Chunk), total: Count, limit: Count, offset: Count });

export const ChunkListQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  status: Type.Optional(ChunkStatus),
  /** Chunks sealed at this time or later, and before that one. */
  start_time: Type.Optional(Timestamp),
  end_time: Type.Optional(Timestamp),
});

export const SessionParams = Strict({ session_id: Uuid });
export const ChunkParams = Strict({
  session_id: Uuid,
  sequence_number: Type.Integer({ minimum: 1, maximum: LIMITS.maxChunks }),
});

export const Anchor = Strict({
  anchoring_id: Uuid,
  transaction_id: Type.Optional(Uuid),
  block_height: Type.Optional(Count),
  block_hash: Type.Optional(Hash),
});

export const Statistics = Strict({
  /** Plaintext bytes that are durable on the recorder. */
  size_bytes: Count,
  chunks_count: Count,
  chunks_stored: Count,
  stored_bytes: Count,
});
export type Statistics = Static<typeof Statistics>;

export const Problem = Nullable(AnyObject);

/** The signed manifest as storage keeps it; its body is checked by `@lucid/manifest`. */
export const SignedManifest = Strict({
  manifest: AnyObject,
  manifest_hash: Hash,
  signature: Type.String({ pattern: '^[0-9a-f]{128}$' }),
  public_key: Hash,
});
