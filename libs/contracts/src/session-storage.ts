import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { Count, Hash, OneOf, Strict, Timestamp, Uuid } from './schemas.ts';
import {
  ChunkParams,
  Compression,
  Encryption,
  LIMITS,
  SessionParams,
  SignedManifest,
} from './session-types.ts';

/** Travels as base64url JSON in `X-Chunk-Metadata`, next to the octets. */
export const ChunkMetadata = Strict({
  plain_size: Count,
  plain_hash: Hash,
  compression: Compression,
  encryption: Encryption,
});
export type ChunkMetadata = Static<typeof ChunkMetadata>;

/** Which half of the store has the file. */
export const CHUNK_LOCATIONS = ['active', 'archive'] as const;

/** Why a single chunk is removed: its time is over, or it never was and never will be part of anything anchored. */
export const CHUNK_REMOVAL_REASONS = ['retention', 'unanchored'] as const;

export const StoredChunk = Strict({
  session_id: Uuid,
  sequence_number: Type.Integer({ minimum: 1 }),
  chunk_hash: Hash,
  size_bytes: Count,
  plain_size: Count,
  plain_hash: Hash,
  compression: Compression,
  encryption: Encryption,
  stored_at: Timestamp,
  /** @default active */
  location: Type.Optional(OneOf(CHUNK_LOCATIONS)),
});
export type StoredChunk = Static<typeof StoredChunk>;

const IntegrityEntry = Strict({
  sequence_number: Type.Integer({ minimum: 1 }),
  /** What the bytes on disk hash to now; absent when the file is missing. */
  actual_hash: Type.Optional(Hash),
  expected_hash: Hash,
  intact: Type.Boolean(),
});

/** How far moving the files of a session has come. */
const Move = Strict({
  session_id: Uuid,
  location: OneOf(CHUNK_LOCATIONS),
  /** False: there is more to move; ask again. */
  done: Type.Boolean(),
  chunks_total: Count,
  chunks_moved: Count,
  bytes_moved: Count,
  /** Files that are missing or are not what their record says; they stay where they are. */
  failed: Type.Array(Strict({ sequence_number: Type.Integer({ minimum: 1 }), reason: Type.String() })),
});

const Removed = Strict({ files: Count, bytes: Count });

export const CleanupReport = Strict({
  /** Nothing was touched: this is what would be done. */
  dry_run: Type.Boolean(),
  started_at: Timestamp,
  finished_at: Timestamp,
  /** Uploads and copies that a crash left half-written. */
  temporary: Removed,
  /** Files that no record knows; set aside. */
  unknown: Removed,
  /** Second copies that a crash during a move left behind. */
  duplicates: Removed,
  /** Files of chunks that were removed. */
  deleted: Removed,
  /** What was set aside long enough ago. */
  expired: Removed,
});
export type CleanupReport = Static<typeof CleanupReport>;

export const sessionStorage = contract('lucid-session-storage', 'Session storage', {
  putChunk: {
    method: 'PUT',
    path: '/api/v1/sessions/:session_id/chunks/:sequence_number',
    summary: 'Store an encrypted chunk. Idempotent on its hash; another hash is refused.',
    access: 'service',
    params: ChunkParams,
    headers: Type.Object({ 'x-chunk-sha256': Hash, 'x-chunk-metadata': Type.String({ maxLength: 4096 }) }),
    body: 'bytes',
    replies: { 201: StoredChunk, 200: StoredChunk },
  },
  getChunk: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks/:sequence_number',
    summary: 'The encrypted file; Range allowed.',
    access: 'service',
    params: ChunkParams,
    replies: { 200: 'bytes', 206: 'bytes' },
  },
  headChunk: {
    method: 'HEAD',
    path: '/api/v1/sessions/:session_id/chunks/:sequence_number',
    summary: 'Is it there, and how large?',
    access: 'service',
    params: ChunkParams,
    replies: { 200: 'empty' },
  },
  deleteChunk: {
    method: 'DELETE',
    path: '/api/v1/sessions/:session_id/chunks/:sequence_number',
    summary: 'Remove one file for good, for the reason the caller gives; its record stays. Idempotent.',
    access: 'service',
    params: ChunkParams,
    query: Strict({ reason: OneOf(CHUNK_REMOVAL_REASONS) }),
    replies: { 204: 'empty' },
  },
  listStoredChunks: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks',
    summary: 'What is stored of a session, in order.',
    access: 'service',
    params: SessionParams,
    query: Strict({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1000 })),
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.maxChunks, default: 0 })),
    }),
    replies: { 200: Strict({ chunks: Type.Array(StoredChunk), total: Count }) },
  },
  checkIntegrity: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/integrity',
    summary: 'Hashes the files on disk again.',
    access: 'service',
    params: SessionParams,
    replies: { 200: Strict({ chunks: Type.Array(IntegrityEntry), intact: Type.Boolean() }) },
  },
  putManifest: {
    method: 'PUT',
    path: '/api/v1/sessions/:session_id/manifest',
    summary: 'Keep the signed manifest. Idempotent; never replaced.',
    access: 'service',
    params: SessionParams,
    body: SignedManifest,
    bodyLimitBytes: 64 * 1024 * 1024,
    replies: { 201: SignedManifest, 200: SignedManifest },
  },
  getManifest: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/manifest',
    summary: 'The signed manifest.',
    access: 'service',
    params: SessionParams,
    replies: { 200: SignedManifest },
  },
  deleteSessionFiles: {
    method: 'DELETE',
    path: '/api/v1/sessions/:session_id',
    summary: 'Remove the files; manifest and metadata stay.',
    access: 'service',
    params: SessionParams,
    replies: { 204: 'empty' },
  },
  archiveSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/archive',
    summary: 'Move the files of a session to the archive; they are read as before. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Move },
  },
  restoreSession: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/restore',
    summary: 'Move the files of a session back from the archive. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Move },
  },
  cleanup: {
    method: 'POST',
    path: '/api/v1/cleanup',
    summary: 'Remove what crashes left behind; with dry_run only say what that is.',
    access: 'service',
    idempotent: true,
    body: Strict({ dry_run: Type.Optional(Type.Boolean({ default: false })) }),
    replies: { 200: CleanupReport },
  },
  storageStatus: {
    method: 'GET',
    path: '/api/v1/storage/status',
    summary: 'Counters of this store.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['ready', 'full', 'draining']),
        chunks_total: Count,
        used_bytes: Count,
        free_bytes: Count,
        capacity_bytes: Count,
        /** `warning` above 90 % of the capacity by default, `critical` above 95 %: there nothing more is taken. */
        level: OneOf(['ok', 'warning', 'critical']),
        archived_chunks: Count,
        archived_bytes: Count,
      }),
    },
  },
});
