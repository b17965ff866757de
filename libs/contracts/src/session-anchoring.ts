import { type Static, Type } from 'typebox';
import { TransactionProof } from './blockchain-types.ts';
import { contract } from './endpoint.ts';
import { Count, Hash, OneOf, PublicKey, Signature, Strict, Timestamp, Uuid } from './schemas.ts';
import { LIMITS, SessionParams, SignedManifest } from './session-types.ts';

const ANCHORING_STATES = ['pending', 'processing', 'confirmed', 'failed', 'expired'] as const;

export const Anchoring = Strict({
  anchoring_id: Uuid,
  session_id: Uuid,
  user_id: Uuid,
  status: OneOf(ANCHORING_STATES),
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
  /** How many checkpoints were written while it was recorded, and the tx_hash of the last one once that is known. */
  checkpoints: Type.Optional(Strict({ count: Count, last: Type.Optional(Hash) })),
});
export type Anchoring = Static<typeof Anchoring>;

/** Root, count and size of the chunks that are stored so far: what a checkpoint says. */
const Prefix = {
  chunk_count: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  /** 64 zeros for no chunk. */
  merkle_root: Hash,
  total_size: Type.Integer({ minimum: 0, maximum: LIMITS.maxSessionBytes * 2 }),
  recorded_at: Timestamp,
};

export const Checkpoint = Strict({
  session_id: Uuid,
  sequence: Type.Integer({ minimum: 1 }),
  status: OneOf(ANCHORING_STATES),
  ...Prefix,
  submitted_at: Timestamp,
  confirmed_at: Type.Optional(Timestamp),
  transaction_id: Type.Optional(Uuid),
  tx_hash: Type.Optional(Hash),
  /** tx_hash of the checkpoint before; known once it is on the chain. */
  previous: Type.Optional(Hash),
  block_height: Type.Optional(Count),
  block_hash: Type.Optional(Hash),
  error: Type.Optional(Type.String()),
});
export type Checkpoint = Static<typeof Checkpoint>;

const AfterSequence = {
  after: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
};

/** One step of a judgement; `skipped` where what it looks at was not handed in. */
const Judgement = Strict({
  step: OneOf([
    'manifest_hash',
    'manifest_signature',
    'merkle_root',
    'anchor_transaction',
    'transaction_inclusion',
    'block',
    'checkpoints',
  ]),
  status: OneOf(['passed', 'failed', 'skipped']),
});

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
      /** Of manifest_public_key over manifest_hash. Needed unless the user has signed. */
      manifest_signature: Type.Optional(Signature),
      /** Of user_public_key over the hash of canonical {session_id, merkle_root, manifest_hash}. */
      user_signature: Type.Optional(Signature),
      user_public_key: Type.Optional(PublicKey),
    }),
    replies: { 202: Anchoring, 200: Anchoring },
  },
  retryAnchoring: {
    method: 'POST',
    path: '/api/v1/anchoring/session/:session_id/retry',
    summary: 'Try again what has failed or expired; anything else stays as it is. Idempotent.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    replies: { 200: Anchoring },
  },
  putCheckpoint: {
    method: 'POST',
    path: '/api/v1/anchoring/session/:session_id/checkpoints',
    summary:
      'Put the root of what is stored so far on the chain. Idempotent on count and root; asynchronous. One that was not sent yet gives way to a newer one.',
    access: 'service',
    idempotent: true,
    params: SessionParams,
    body: Strict({
      /** Whose session it is; kept here, never on the chain. */
      user_id: Uuid,
      owner_ref: Hash,
      ...Prefix,
    }),
    replies: { 202: Checkpoint, 200: Checkpoint },
  },
  listCheckpoints: {
    method: 'GET',
    path: '/api/v1/anchoring/session/:session_id/checkpoints',
    summary: 'Checkpoints of a session in order, and how far each is.',
    access: 'user_or_service',
    params: SessionParams,
    query: Strict({
      ...AfterSequence,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1000 })),
    }),
    replies: { 200: Strict({ checkpoints: Type.Array(Checkpoint), total: Count }) },
  },
  sessionEvidence: {
    method: 'GET',
    path: '/api/v1/anchoring/session/:session_id/evidence',
    summary:
      'What the chain itself says of a recording, also of one that was never finished: its checkpoints with their proofs.',
    access: 'user_or_service',
    params: SessionParams,
    query: Strict({
      ...AfterSequence,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    }),
    replies: {
      200: Strict({
        session_id: Uuid,
        /** An anchor for the whole recording was asked for. */
        finished: Type.Boolean(),
        anchoring_status: OneOf(['none', ...ANCHORING_STATES]),
        /** On the chain, also beyond this page. */
        total: Count,
        /** Everything on this page is proven, follows the one before, and is signed by this service. */
        holds: Type.Boolean(),
        checkpoints: Type.Array(
          Strict({
            sequence: Type.Integer({ minimum: 1 }),
            ...Prefix,
            previous: Hash,
            tx_hash: Hash,
            /** The proof leads to a block of the chain, and the transaction says what stands here. */
            holds: Type.Boolean(),
            proof: TransactionProof,
          }),
        ),
      }),
    },
  },
  anchoringStatus: {
    method: 'GET',
    path: '/api/v1/anchoring/status',
    summary: 'Counters of anchoring.',
    access: 'open',
    replies: {
      200: Strict({
        /** `error`: the engine did not answer when it was last asked. */
        status: OneOf(['ready', 'busy', 'error', 'draining']),
        pending: Count,
        processing: Count,
        completed_today: Count,
        failed_today: Count,
        average_confirmation_seconds: Type.Number({ minimum: 0 }),
        /** More unconfirmed anchorings than this are refused. */
        queue_limit: Count,
        checkpoints: Strict({ pending: Count, processing: Count, confirmed: Count }),
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
    summary:
      'Is this root on the chain for this session? With the manifest, is it the one that was anchored?',
    access: 'user',
    idempotent: true,
    body: Strict({
      session_id: Uuid,
      merkle_root: Hash,
      block_height: Type.Optional(Count),
      manifest: Type.Optional(SignedManifest),
    }),
    // 10,240 chunks, 100 GiB of 10 MiB each, are listed in 4.5 MB. Whoever has more of them verifies the bundle.
    bodyLimitBytes: 8 * 1024 * 1024,
    replies: {
      200: Strict({
        /** No step has failed. */
        verified: Type.Boolean(),
        steps: Type.Array(Judgement),
        block_height: Type.Optional(Count),
        transaction_id: Type.Optional(Uuid),
        confirmation_time: Type.Optional(Timestamp),
        merkle_proof_valid: Type.Boolean(),
      }),
    },
  },
});
