import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { Count, Hash, OneOf, PublicKey, Strict, Timestamp, Uuid } from './schemas.ts';
import { LIMITS, SessionParams } from './session-types.ts';

export const Anchoring = Strict({
  anchoring_id: Uuid,
  session_id: Uuid,
  user_id: Uuid,
  status: OneOf(['pending', 'processing', 'confirmed', 'failed', 'expired']),
  /** Six blocks stand on the one that holds the transaction. */
  finalized: Type.Boolean(),
  merkle_root: Hash,
  manifest_hash: Hash,
  chunk_count: Count,
  total_size: Count,
  submitted_at: Timestamp,
  confirmed_at: Type.Optional(Timestamp),
  transaction_id: Type.Optional(Uuid),
  block_height: Type.Optional(Count),
  block_hash: Type.Optional(Hash),
  error: Type.Optional(Type.String()),
  attempts: Count,
});
export type Anchoring = Static<typeof Anchoring>;

export const sessionAnchoring = contract('lucid-session-anchoring', 'Session anchoring', {
  anchorSession: {
    method: 'POST',
    path: '/api/v1/anchoring/session',
    summary:
      'Put a session’s root and manifest hash on the chain. Idempotent on session and root; asynchronous.',
    access: 'service',
    idempotent: true,
    body: Strict({
      session_id: Uuid,
      /** Whose session it is; kept here, never on the chain. */
      user_id: Uuid,
      /** The manifest’s owner_ref, as it goes on the chain: a hash that names nobody. Taken as it is. */
      owner_ref: Hash,
      merkle_root: Hash,
      manifest_hash: Hash,
      /** Key that signed the manifest; it goes on the chain beside the hash. */
      manifest_public_key: PublicKey,
      chunk_count: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      total_size: Type.Integer({ minimum: 1, maximum: LIMITS.maxSessionBytes * 2 }),
      created_at: Timestamp,
    }),
    replies: { 202: Anchoring, 200: Anchoring },
  },
  anchoringStatus: {
    method: 'GET',
    path: '/api/v1/anchoring/status',
    summary: 'Counters of anchoring.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['ready', 'busy', 'draining']),
        pending: Count,
        processing: Count,
        completed_today: Count,
        average_confirmation_seconds: Type.Number({ minimum: 0 }),
      }),
    },
  },
  getAnchoring: {
    method: 'GET',
    path: '/api/v1/anchoring/session/:session_id',
    summary: 'How far the anchoring of a session is.',
    access: 'user_or_service',
    params: SessionParams,
    replies: { 200: Anchoring },
  },
  verifyAnchoring: {
    method: 'POST',
    path: '/api/v1/anchoring/verify',
    summary: 'Is this root on the chain for this session?',
    access: 'user',
    idempotent: true,
    body: Strict({ session_id: Uuid, merkle_root: Hash, block_height: Type.Optional(Count) }),
    replies: {
      200: Strict({
        verified: Type.Boolean(),
        block_height: Type.Optional(Count),
        transaction_id: Type.Optional(Uuid),
        confirmation_time: Type.Optional(Timestamp),
        merkle_proof_valid: Type.Boolean(),
      }),
    },
  },
});
