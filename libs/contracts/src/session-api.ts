import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { AnyObject, Count, Hash, OneOf, PageQuery, Pagination, Strict, Timestamp, Uuid } from './schemas.ts';
import {
  Anchor,
  AnchoringStatus,
  Chunk,
  ChunkListQuery,
  ChunkPage,
  LIMITS,
  SessionParams,
  SessionStatus,
  SignedManifest,
  Statistics,
} from './session-types.ts';

const Name = Type.String({ minLength: 1, maxLength: 255 });
const Description = Type.String({ maxLength: 1000 });

const Metadata = Strict({
  project: Type.Optional(Type.String({ maxLength: 100 })),
  environment: Type.Optional(Type.String({ maxLength: 50 })),
  tags: Type.Optional(Type.Array(Type.String({ maxLength: 50 }), { maxItems: 10 })),
  description: Type.Optional(Type.String({ maxLength: 500 })),
  priority: Type.Optional(OneOf(['low', 'normal', 'high', 'critical'])),
});

export const CreateSession = Strict({
  name: Name,
  description: Type.Optional(Description),
  metadata: Type.Optional(Metadata),
  compression_enabled: Type.Optional(Type.Boolean({ default: true })),
  max_size_bytes: Type.Optional(
    Type.Integer({ minimum: LIMITS.minSessionBytes, maximum: LIMITS.maxSessionBytes }),
  ),
  chunk_size_bytes: Type.Optional(
    Type.Integer({ minimum: LIMITS.minChunkBytes, maximum: LIMITS.maxChunkBytes }),
  ),
});
export type CreateSession = Static<typeof CreateSession>;

export const Session = Strict({
  session_id: Uuid,
  user_id: Uuid,
  name: Name,
  description: Type.Optional(Description),
  metadata: Type.Optional(Metadata),
  status: SessionStatus,
  pipeline_status: Type.String(),
  anchoring_status: AnchoringStatus,
  compression_enabled: Type.Boolean(),
  max_size_bytes: Count,
  chunk_size_bytes: Count,
  statistics: Statistics,
  merkle_root: Type.Optional(Hash),
  manifest_id: Type.Optional(Uuid),
  anchor: Type.Optional(Anchor),
  error: Type.Optional(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
  started_at: Type.Optional(Timestamp),
  stopped_at: Type.Optional(Timestamp),
  completed_at: Type.Optional(Timestamp),
});
export type Session = Static<typeof Session>;

/** What the pipeline tells about a session; applied only when `version` is newer than the last one applied. */
export const SessionProgress = Strict({
  version: Type.Integer({ minimum: 1 }),
  status: SessionStatus,
  pipeline_status: Type.String(),
  anchoring_status: AnchoringStatus,
  statistics: Statistics,
  merkle_root: Type.Optional(Hash),
  manifest_id: Type.Optional(Uuid),
  anchor: Type.Optional(Anchor),
  error: Type.Optional(Type.String({ maxLength: 1000 })),
});
export type SessionProgress = Static<typeof SessionProgress>;

const StatusChange = Strict({ session_id: Uuid, status: SessionStatus, timestamp: Timestamp });
const ChunkIdParams = Strict({
  session_id: Uuid,
  chunk_id: Type.String({ pattern: '^[0-9a-f-]{36}-chunk-[0-9]{6}$' }),
});

/** One step of a verification, in the words of `@lucid/proof`. */
const VerificationReport = Strict({
  session_id: Uuid,
  verified: Type.Boolean(),
  failed_step: Type.Optional(Type.String()),
  steps: Type.Array(
    Strict({
      step: Type.String(),
      outcome: OneOf(['ok', 'failed', 'skipped', 'not_checked']),
      detail: Type.String(),
    }),
  ),
});

export const sessionApi = contract('lucid-session-api', 'Session API', {
  createSession: {
    method: 'POST',
    path: '/api/v1/sessions',
    summary: 'Create a session; a name is enough.',
    access: 'user',
    body: CreateSession,
    replies: { 201: Session },
  },
  listSessions: {
    method: 'GET',
    path: '/api/v1/sessions',
    summary: 'Own sessions, newest first.',
    access: 'user',
    query: Strict({ ...PageQuery, status: Type.Optional(SessionStatus) }),
    replies: { 200: Strict({ sessions: Type.Array(Session), pagination: Pagination }) },
  },
  getSession: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id',
    summary: 'One session.',
    access: 'user',
    params: SessionParams,
    replies: { 200: Session },
  },
  updateSession: {
    method: 'PUT',
    path: '/api/v1/sessions/:session_id',
    summary: 'Rename or describe a session.',
    access: 'user',
    params: SessionParams,
    body: Strict({
      name: Type.Optional(Name),
      description: Type.Optional(Description),
      metadata: Type.Optional(Metadata),
    }),
    replies: { 200: Session },
  },
  deleteSession: {
    method: 'DELETE',
    path: '/api/v1/sessions/:session_id',
    summary: 'Delete a session: its key is shredded and its files removed; manifest and anchor stay.',
    access: 'user',
    params: SessionParams,
    replies: { 204: 'empty' },
  },
  startSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/start',
    summary: 'Begin recording.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: StatusChange },
  },
  stopSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/stop',
    summary: 'End recording; processing and anchoring follow.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: StatusChange },
  },
  listChunks: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks',
    summary: 'Chunks in order.',
    access: 'user',
    params: SessionParams,
    query: ChunkListQuery,
    replies: { 200: ChunkPage },
  },
  getChunk: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks/:chunk_id',
    summary: 'One chunk.',
    access: 'user',
    params: ChunkIdParams,
    replies: { 200: Chunk },
  },
  downloadChunk: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks/:chunk_id/download',
    summary: 'The chunk’s bytes: the encrypted file (Range allowed) or the decrypted plaintext.',
    access: 'user',
    params: ChunkIdParams,
    query: Strict({ form: Type.Optional(OneOf(['encrypted', 'decrypted'])) }),
    replies: { 200: 'bytes', 206: 'bytes' },
  },
  downloadSession: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/download',
    summary: 'The whole recording, decrypted, in order.',
    access: 'user',
    params: SessionParams,
    replies: { 200: 'bytes' },
  },
  getManifest: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/manifest',
    summary: 'The signed manifest.',
    access: 'user',
    params: SessionParams,
    replies: { 200: SignedManifest },
  },
  getProof: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/proof',
    summary: 'One document that proves the recording offline.',
    access: 'user',
    params: SessionParams,
    replies: { 200: AnyObject },
  },
  verifySession: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/verify',
    summary: 'Re-reads the stored files and checks every step of the proof.',
    access: 'user',
    params: SessionParams,
    replies: { 200: VerificationReport },
  },
  getPipeline: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/pipeline',
    summary: 'Where the session is in the pipeline.',
    access: 'user',
    params: SessionParams,
    replies: { 200: AnyObject },
  },
  putProgress: {
    method: 'PUT',
    path: '/api/v1/internal/sessions/:session_id/progress',
    summary: 'The pipeline reports progress.',
    access: 'service',
    params: SessionParams,
    body: SessionProgress,
    replies: { 200: Strict({ applied: Type.Boolean(), version: Count }) },
  },
});
