import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { Count, OneOf, PageQuery, Pagination, Strict, Timestamp, Uuid } from './schemas.ts';
import { ChunkParams, SealingKey, SessionParams } from './session-types.ts';

/** What happens to a key: it is made, it is wrapped anew, it opens a chunk, it is destroyed. */
export const KEY_EVENTS = ['key_created', 'key_rewrapped', 'key_destroyed', 'chunk_opened'] as const;

/**
 * How it ended. `started` is written before a key is touched; a row that stays so belongs to a process that died, and counts
 * as opened.
 */
export const KEY_OUTCOMES = ['started', 'done', 'refused'] as const;

/** One row of the audit of keys. */
export const KeyAuditEntry = Strict({
  log_id: Uuid,
  event: OneOf(KEY_EVENTS),
  outcome: OneOf(KEY_OUTCOMES),
  session_id: Uuid,
  sequence_number: Type.Optional(Count),
  /** The service that asked. */
  caller: Type.String(),
  /** The user it asked for, as it says. */
  user_id: Type.Optional(Uuid),
  request_id: Type.String(),
  /** Why it was refused: a code of the catalogue. */
  reason: Type.Optional(Type.String()),
  at: Timestamp,
});
export type KeyAuditEntry = Static<typeof KeyAuditEntry>;

export const sessionKeys = contract('lucid-session-keys', 'Session keys', {
  keysStatus: {
    method: 'GET',
    path: '/api/v1/keys/status',
    summary: 'Counters of this instance.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['ready', 'draining']),
        keys_created_total: Count,
        keys_destroyed_total: Count,
        keys_rewrapped_total: Count,
        chunks_opened_total: Count,
        chunks_refused_total: Count,
      }),
    },
  },
  createKey: {
    method: 'POST',
    path: '/api/v1/keys',
    summary: 'Mint the key pair of a session; its public half is answered, now and ever after. Idempotent.',
    access: 'service',
    idempotent: true,
    body: Strict({ session_id: Uuid }),
    replies: { 201: SealingKey, 200: SealingKey },
  },
  shredKey: {
    method: 'DELETE',
    path: '/api/v1/keys/:session_id',
    summary: 'Destroy the key of a session: its chunks can never be read again. Idempotent.',
    access: 'service',
    params: SessionParams,
    replies: { 204: 'empty' },
  },
  listKeyAudit: {
    method: 'GET',
    path: '/api/v1/keys/:session_id/audit',
    summary: 'Who made, used and destroyed the key of a session, newest first.',
    access: 'service',
    params: SessionParams,
    query: Strict(PageQuery),
    replies: { 200: Strict({ entries: Type.Array(KeyAuditEntry), pagination: Pagination }) },
  },
  readPlaintext: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/chunks/:sequence_number/plaintext',
    summary: 'Decrypted, decompressed octets of a stored chunk. Each opening is written down first.',
    access: 'service',
    params: ChunkParams,
    replies: { 200: 'bytes' },
  },
});
