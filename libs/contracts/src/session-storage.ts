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
});
export type StoredChunk = Static<typeof StoredChunk>;

const IntegrityEntry = Strict({
  sequence_number: Type.Integer({ minimum: 1 }),
  /** What the bytes on disk hash to now; absent when the file is missing. */
  actual_hash: Type.Optional(Hash),
  expected_hash: Hash,
  intact: Type.Boolean(),
});

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
      }),
    },
  },
});
