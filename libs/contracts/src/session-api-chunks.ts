import { Type } from 'typebox';
import { endpoints } from './endpoint.ts';
import { AnyObject, OneOf, Strict, Uuid } from './schemas.ts';
import { sessionStorage } from './session-storage.ts';
import { Chunk, ChunkListQuery, ChunkPage, SessionParams, SignedManifest } from './session-types.ts';

export const ARCHIVE_FORMATS = ['zip', 'tar', 'tar.gz'] as const;
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number];

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

/** What the session API gives of the recorded bytes and their proof. */
export const chunkEndpoints = endpoints({
  listChunks: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks',
    summary: 'Chunks in order.',
    access: 'user',
    params: SessionParams,
    query: Strict({
      ...ChunkListQuery.properties,
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 102_400 })),
      page: Type.Optional(Type.Integer({ minimum: 1, maximum: 102_400 })),
    }),
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
  deleteChunk: {
    method: 'DELETE',
    path: '/api/v1/sessions/:session_id/chunks/:chunk_id',
    summary: 'Remove the file of one chunk of a session that failed and is not anchored.',
    access: 'admin',
    params: ChunkIdParams,
    replies: { 204: 'empty' },
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
  downloadArchive: {
    method: 'GET',
    path: '/api/v1/storage/sessions/:session_id/download',
    summary: 'Encrypted chunks, manifest and proof in one archive.',
    access: 'user',
    params: SessionParams,
    query: Strict({ format: Type.Optional(OneOf(ARCHIVE_FORMATS)) }),
    replies: { 200: 'bytes' },
  },
  getStorageStatus: {
    method: 'GET',
    path: '/api/v1/storage/status',
    summary: 'How full the storage is.',
    access: 'admin',
    replies: { 200: sessionStorage.endpoints.storageStatus.replies[200] },
  },
});
