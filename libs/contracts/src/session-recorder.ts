import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { Count, Hash, OneOf, PageQuery, Pagination, Strict, Timestamp, Uuid } from './schemas.ts';
import {
  Chunk,
  ChunkListQuery,
  ChunkPage,
  ChunkParams,
  ChunkStatus,
  Compression,
  Encryption,
  LIMITS,
  SealingKey,
  SessionParams,
} from './session-types.ts';

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

/** More than this no client-cut chunk may be: 10 MiB and 64 KiB. */
export const MAX_CLIENT_CHUNK_BYTES = LIMITS.maxChunkBytes + 64 * 1024;

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

const Lease = { lease_token: Uuid };
const LeaseMs = Type.Integer({ minimum: 1000, maximum: 300_000 });
const ChunkIdParams = Strict({ chunk_id: Type.String({ pattern: '^[0-9a-f-]{36}-chunk-[0-9]{6}$' }) });

export const sessionRecorder = contract('lucid-session-recorder', 'Session recorder', {
  headStream: {
    method: 'HEAD',
    path: '/api/v1/sessions/:session_id/stream',
    summary: 'How far the upload is, in Upload-Offset and Upload-Stored-Offset.',
    access: 'user',
    params: SessionParams,
    replies: { 200: 'empty' },
    routedBy: 'session_id',
  },
  getStream: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/stream',
    summary: 'How far the upload is.',
    access: 'user',
    params: SessionParams,
    replies: { 200: Offsets },
    routedBy: 'session_id',
  },
  appendStream: {
    method: 'PATCH',
    path: '/api/v1/sessions/:session_id/stream',
    summary:
      'Append octets at Upload-Offset; acknowledged when they are on disk. Upload-Complete: ?1 says that these are the last, so that all of them go to storage.',
    access: 'user',
    params: SessionParams,
    headers: Type.Object({
      'upload-offset': Type.Integer({ minimum: 0 }),
      'upload-complete': Type.Optional(OneOf(['?0', '?1'])),
    }),
    body: 'bytes',
    replies: { 204: 'empty' },
    routedBy: 'session_id',
  },
  appendChunk: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/chunks',
    summary:
      'Hand in a chunk that the client has cut, at most 10 MiB and 64 KiB; answered when it is on disk. Idempotent on its number and hash. Chunks may come in any order within a window.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    headers: Type.Object({
      'x-chunk-sequence': Type.Integer({ minimum: 1, maximum: LIMITS.maxChunks }),
      'x-chunk-sha256': Hash,
    }),
    body: 'bytes',
    replies: { 201: ReceivedChunk, 200: ReceivedChunk },
    routedBy: 'session_id',
  },
  recordingStatus: {
    method: 'GET',
    path: '/api/v1/recording/status',
    summary: 'Counters of this recorder.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['ready', 'busy', 'draining']),
        active_recordings: Count,
        capacity: Count,
        bytes_received: Count,
      }),
    },
  },
  startRecording: {
    method: 'POST',
    path: '/api/v1/recordings/start',
    summary: 'Take a session and wait for its bytes. Idempotent.',
    access: 'service',
    idempotent: true,
    body: Strict({
      session_id: Uuid,
      owner_id: Uuid,
      chunk_size_bytes: Type.Integer({ minimum: LIMITS.minChunkBytes, maximum: LIMITS.maxChunkBytes }),
      max_size_bytes: Type.Integer({ minimum: LIMITS.minSessionBytes, maximum: LIMITS.maxSessionBytes }),
      compression_enabled: Type.Boolean(),
      sealing_key: SealingKey,
    }),
    replies: { 201: Recording, 200: Recording },
  },
  pauseRecording: {
    method: 'POST',
    path: '/api/v1/recordings/:session_id/pause',
    summary: 'Take no bytes for a while; what came so far is sealed. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Recording },
    routedBy: 'session_id',
  },
  resumeRecording: {
    method: 'POST',
    path: '/api/v1/recordings/:session_id/resume',
    summary: 'Take bytes again. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Recording },
    routedBy: 'session_id',
  },
  stopRecording: {
    method: 'POST',
    path: '/api/v1/recordings/:session_id/stop',
    summary: 'Seal the last chunk. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Recording },
    routedBy: 'session_id',
  },
  listRecordings: {
    method: 'GET',
    path: '/api/v1/recordings',
    summary: 'Recordings of all recorders, newest first.',
    access: 'service',
    query: Strict({ ...PageQuery, status: Type.Optional(OneOf(RECORDING_STATUSES)) }),
    replies: { 200: Strict({ recordings: Type.Array(Recording), pagination: Pagination }) },
  },
  listQuarantine: {
    method: 'GET',
    path: '/api/v1/recordings/quarantine',
    summary: 'Chunks of all sessions that cannot be processed, oldest first. For services and admins.',
    access: 'user_or_service',
    query: Strict(PageQuery),
    replies: { 200: Strict({ chunks: Type.Array(Chunk), pagination: Pagination }) },
  },
  retryChunk: {
    method: 'POST',
    path: '/api/v1/recordings/:session_id/chunks/:sequence_number/retry',
    summary: 'Put a quarantined chunk back into the queue, with all its attempts. For services and admins.',
    access: 'user_or_service',
    idempotent: true,
    params: ChunkParams,
    replies: { 200: Chunk },
    routedBy: 'session_id',
  },
  getRecording: {
    method: 'GET',
    path: '/api/v1/recordings/:session_id',
    summary: 'One recording.',
    access: 'service',
    params: SessionParams,
    replies: { 200: Recording },
    routedBy: 'session_id',
  },
  deleteRecording: {
    method: 'DELETE',
    path: '/api/v1/recordings/:session_id',
    summary: 'Drop plaintext and queue entries.',
    access: 'service',
    params: SessionParams,
    replies: { 204: 'empty' },
    routedBy: 'session_id',
  },
  listRecordedChunks: {
    method: 'GET',
    path: '/api/v1/recordings/:session_id/chunks',
    summary: 'Chunks in order.',
    access: 'service',
    params: SessionParams,
    query: ChunkListQuery,
    replies: { 200: ChunkPage },
  },
  getRecordedChunk: {
    method: 'GET',
    path: '/api/v1/recordings/:session_id/chunks/:sequence_number',
    summary: 'One chunk.',
    access: 'service',
    params: ChunkParams,
    replies: { 200: Chunk },
  },
  readPlaintext: {
    method: 'GET',
    path: '/api/v1/recordings/:session_id/chunks/:sequence_number/raw',
    summary: 'Plaintext of a sealed chunk, for the processor that has claimed it.',
    access: 'service',
    params: ChunkParams,
    replies: { 200: 'bytes' },
  },
  claimChunks: {
    method: 'POST',
    path: '/api/v1/chunks/claim',
    summary: 'Take the oldest recorded chunks under a lease.',
    access: 'service',
    body: Strict({
      worker_id: Type.String({ minLength: 1, maxLength: 100 }),
      lease_ms: LeaseMs,
      max: Type.Integer({ minimum: 1, maximum: 16 }),
    }),
    replies: { 200: Strict({ chunks: Type.Array(ClaimedChunk), queue_depth: Count }) },
  },
  renewChunk: {
    method: 'POST',
    path: '/api/v1/chunks/:chunk_id/renew',
    summary: 'Keep the lease while working.',
    access: 'service',
    idempotent: true,
    params: ChunkIdParams,
    body: Strict({ ...Lease, lease_ms: LeaseMs }),
    replies: { 204: 'empty' },
  },
  completeChunk: {
    method: 'POST',
    path: '/api/v1/chunks/:chunk_id/complete',
    summary: 'The chunk is in storage. Idempotent on the hash.',
    access: 'service',
    idempotent: true,
    params: ChunkIdParams,
    body: Strict({
      ...Lease,
      chunk_hash: Hash,
      size_bytes: Count,
      compression: Compression,
      encryption: Encryption,
    }),
    replies: { 204: 'empty' },
  },
  failChunk: {
    method: 'POST',
    path: '/api/v1/chunks/:chunk_id/fail',
    summary: 'Give the chunk back; quarantined when it cannot be processed.',
    access: 'service',
    idempotent: true,
    params: ChunkIdParams,
    body: Strict({
      ...Lease,
      reason: Type.String({ maxLength: 500 }),
      retryable: Type.Boolean(),
      /** `system`: an outage, not the bytes; given back without counting towards quarantine. @default data */
      fault: Type.Optional(OneOf(['data', 'system'])),
    }),
    replies: { 204: 'empty' },
  },
});
