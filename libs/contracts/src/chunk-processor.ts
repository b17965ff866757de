import { Type } from 'typebox';
import { contract } from './endpoint.ts';
import { Count, OneOf, Strict, Uuid } from './schemas.ts';
import { ChunkParams, SessionParams } from './session-types.ts';

export const chunkProcessor = contract('lucid-chunk-processor', 'Chunk processor', {
  processingStatus: {
    method: 'GET',
    path: '/api/v1/processing/status',
    summary: 'Counters of this processor.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['ready', 'busy', 'draining']),
        workers: Count,
        busy_workers: Count,
        queue_depth: Count,
        processed_total: Count,
        failed_total: Count,
      }),
    },
  },
  createKey: {
    method: 'POST',
    path: '/api/v1/keys',
    summary: 'Mint and wrap the key of a session. Idempotent.',
    access: 'service',
    idempotent: true,
    body: Strict({ session_id: Uuid }),
    replies: {
      201: Strict({ key_id: Uuid, algorithm: Type.String() }),
      200: Strict({ key_id: Uuid, algorithm: Type.String() }),
    },
  },
  shredKey: {
    method: 'DELETE',
    path: '/api/v1/keys/:session_id',
    summary: 'Destroy the key of a session: its chunks can never be read again.',
    access: 'service',
    params: SessionParams,
    replies: { 204: 'empty' },
  },
  readPlaintext: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks/:sequence_number/plaintext',
    summary: 'Decrypted, decompressed octets of a stored chunk.',
    access: 'service',
    params: ChunkParams,
    replies: { 200: 'bytes' },
  },
});
