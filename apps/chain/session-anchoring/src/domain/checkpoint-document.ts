import type { Checkpoint } from '@lucid/contracts';
import { SESSION_CHECKPOINT, type SessionCheckpointData, ZERO_HASH } from '@lucid/ledger';
import { type Delivery, newDelivery, shownOf } from './delivery.ts';

/** What is stored of a session so far, and whose it is. */
export interface CheckpointRequest {
  session_id: string;
  /** Never on the chain. */
  user_id: string;
  owner_ref: string;
  chunk_count: number;
  /** 64 zeros for no chunk. */
  merkle_root: string;
  total_size: number;
  recorded_at: string;
}

/** A checkpoint as it is kept; `_id` is `{session_id}:{sequence}`. */
export interface CheckpointDocument extends Delivery, CheckpointRequest {
  /** 1, 2, … */
  sequence: number;
  /** tx_hash of the one before; known once that one is on the chain. */
  previous?: string;
  /** No checkpoint: takes the number after the last one, so that nobody else can. */
  seal?: true;
}

export const checkpointId = (sessionId: string, sequence: number): string => `${sessionId}:${sequence}`;

export const newCheckpoint = (
  request: CheckpointRequest,
  sequence: number,
  { nowMs, gatherMs }: { nowMs: number; gatherMs: number },
): CheckpointDocument => ({
  ...request,
  ...newDelivery(nowMs, gatherMs),
  _id: checkpointId(request.session_id, sequence),
  sequence,
});

/** The end of a session's checkpoints: at rest from the beginning. */
export function newSeal(sessionId: string, sequence: number, nowMs: number): CheckpointDocument {
  const nothing = { chunk_count: 0, merkle_root: ZERO_HASH, total_size: 0, owner_ref: ZERO_HASH };
  const request = { ...nothing, session_id: sessionId, user_id: '', recorded_at: '' };
  const { gathering: _none, ...rest } = newCheckpoint(request, sequence, { nowMs, gatherMs: 0 });
  return { ...rest, seal: true, due_at_ms: null };
}

/** Never signed and nobody is about to: what it says may still be replaced by something newer. */
export const isUnsigned = ({ transaction, attempts, lease }: CheckpointDocument): boolean =>
  transaction === undefined && attempts === 0 && lease === null;

/** What the chain says of it. @param document one whose predecessor is known */
export function checkpointData(document: CheckpointDocument): SessionCheckpointData {
  const { session_id, sequence, chunk_count, merkle_root, total_size, owner_ref, recorded_at } = document;
  return {
    kind: SESSION_CHECKPOINT,
    session_id,
    sequence,
    chunk_count,
    merkle_root,
    total_size,
    previous: document.previous ?? ZERO_HASH,
    owner_ref,
    recorded_at,
  };
}

/** What the contract shows of it. */
export function toCheckpoint(document: CheckpointDocument): Checkpoint {
  const { session_id, sequence, status, chunk_count, merkle_root, total_size } = document;
  const { recorded_at, submitted_at, transaction, previous } = document;
  return {
    session_id,
    sequence,
    status,
    chunk_count,
    merkle_root,
    total_size,
    recorded_at,
    submitted_at,
    ...(transaction === undefined ? {} : { tx_hash: transaction.tx_hash }),
    ...(previous === undefined ? {} : { previous }),
    ...shownOf(document),
  };
}
