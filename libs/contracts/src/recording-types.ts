import { type Static, Type } from 'typebox';
import { Count, Hash, OneOf, Strict, Timestamp, Uuid } from './schemas.ts';
import { ChunkStatus, LIMITS, SealingKey } from './session-types.ts';

export const RECORDING_STATUSES = [
  'starting',
  'recording',
  'paused',
  'stopping',
  'stopped',
  'failed',
] as const;

/** Who or what ended a recording. */
export const STOP_REASONS = ['requested', 'max_size', 'max_duration', 'idle'] as const;

/** Where the bytes of a recording come from: one stream, chunks the client has cut, or a capture by the recorder itself. */
export const RECORDING_SOURCES = ['stream', 'chunks', 'testsrc', 'x11'] as const;

/** More than this no client-cut chunk may be: as octets it is all plaintext, of which the format of a chunk takes 10 MiB. */
export const MAX_CLIENT_CHUNK_BYTES = LIMITS.maxChunkBytes;

export const Recording = Strict({
  session_id: Uuid,
  owner_id: Uuid,
  status: OneOf(RECORDING_STATUSES),
  /** host:port of the recorder that owns the recording. */
  owner_address: Type.String(),
  chunk_size_bytes: Count,
  max_size_bytes: Count,
  /** Bytes that survive a crash of the recorder. */
  durable_offset: Count,
  /** Bytes that are in storage: they survive the loss of the recorder's disk. */
  stored_offset: Count,
  chunks_sealed: Count,
  chunks_stored: Count,
  chunks_quarantined: Count,
  stored_bytes: Count,
  /** Absent until the first byte has come. */
  source: Type.Optional(OneOf(RECORDING_SOURCES)),
  /** Numbers of client-cut chunks that have not come although later ones have; at most 100. */
  missing: Type.Optional(Type.Array(Count)),
  /** Where each run of the capture begins in the recording: a capture that was restarted begins a new file. */
  segments: Type.Optional(Type.Array(Strict({ offset: Count, started_at: Timestamp }))),
  error: Type.Optional(Type.String()),
  started_at: Timestamp,
  paused_at: Type.Optional(Timestamp),
  stopped_at: Type.Optional(Timestamp),
  stop_reason: Type.Optional(OneOf(STOP_REASONS)),
});
export type Recording = Static<typeof Recording>;

export const Offsets = Strict({
  durable_offset: Count,
  stored_offset: Count,
  status: OneOf(RECORDING_STATUSES),
  /** Numbers of client-cut chunks to send again, or still; at most 100. */
  missing: Type.Optional(Type.Array(Count)),
});

/** What becomes of a chunk that a client has cut itself. */
export const ReceivedChunk = Strict({
  chunk_id: Type.String(),
  session_id: Uuid,
  sequence_number: Type.Integer({ minimum: 1 }),
  /** `recorded`: on the disk of one recorder; `stored`: beyond the loss of that recorder. */
  status: ChunkStatus,
  /** Absent while an earlier chunk is missing. */
  plain_offset: Type.Optional(Count),
  plain_size: Count,
  plain_hash: Hash,
  /** Earlier numbers that have not come; at most 100. */
  missing: Type.Array(Count),
});
export type ReceivedChunk = Static<typeof ReceivedChunk>;

export const ClaimedChunk = Strict({
  chunk_id: Type.String(),
  session_id: Uuid,
  sequence_number: Type.Integer({ minimum: 1 }),
  plain_size: Count,
  plain_hash: Hash,
  compression_enabled: Type.Boolean(),
  /** What the chunk is sealed with. */
  sealing_key: SealingKey,
  /** host:port of the recorder that has the plaintext. */
  recorder_address: Type.String(),
  lease_token: Uuid,
  attempts: Count,
});
export type ClaimedChunk = Static<typeof ClaimedChunk>;
