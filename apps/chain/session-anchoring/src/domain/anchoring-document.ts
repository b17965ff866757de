import type { Anchoring } from '@lucid/contracts';
import type { CheckpointSummary } from '@lucid/ledger';
import { type Delivery, newDelivery, shownOf } from './delivery.ts';

/** An anchoring as it is kept; `_id` is the session. */
export interface AnchoringDocument extends Delivery {
  anchoring_id: string;
  /** Never on the chain. */
  user_id: string;
  /** Names nobody; taken as the manifest has it. */
  owner_ref: string;
  merkle_root: string;
  manifest_hash: string;
  manifest_public_key: string;
  chunk_count: number;
  total_size: number;
  /** When the manifest was made. */
  created_at: string;
  user_signature?: string;
  user_public_key?: string;
  /** Checkpoints that were written before; the anchor waits until all of them are on the chain. */
  checkpoint_count: number;
  /** What the anchor says of them; known once the last one is on the chain. */
  checkpoints?: CheckpointSummary;
}

export type AnchoringRequest = Pick<
  AnchoringDocument,
  | 'user_id'
  | 'owner_ref'
  | 'merkle_root'
  | 'manifest_hash'
  | 'manifest_public_key'
  | 'chunk_count'
  | 'total_size'
  | 'created_at'
> & {
  session_id: string;
  manifest_signature?: string;
  user_signature?: string;
  user_public_key?: string;
};

export interface AnchoringOrigin {
  anchoring_id: string;
  checkpoint_count: number;
  nowMs: number;
  /** How long it may wait for others to go out with. */
  gatherMs: number;
}

export function newAnchoring(request: AnchoringRequest, origin: AnchoringOrigin): AnchoringDocument {
  const { session_id, manifest_signature: _judged, ...asked } = request;
  const { anchoring_id, checkpoint_count, nowMs, gatherMs } = origin;
  return { _id: session_id, anchoring_id, ...asked, checkpoint_count, ...newDelivery(nowMs, gatherMs) };
}

/** What differs between what was asked before and what is asked now; empty for the same request. */
export function differences(kept: AnchoringDocument, request: AnchoringRequest): string[] {
  const compared = ['user_id', 'owner_ref', 'merkle_root', 'manifest_hash', 'manifest_public_key'] as const;
  return compared.filter((name) => kept[name] !== request[name]);
}

/** What the contract shows of it. */
export function toAnchoring(document: AnchoringDocument): Anchoring {
  const { _id, anchoring_id, user_id, status, finalized, merkle_root, manifest_hash } = document;
  const { chunk_count, total_size, submitted_at, attempts, checkpoint_count, checkpoints } = document;
  return {
    anchoring_id,
    session_id: _id,
    user_id,
    status,
    finalized,
    merkle_root,
    manifest_hash,
    chunk_count,
    total_size,
    submitted_at,
    attempts,
    ...(checkpoint_count > 0 ? { checkpoints: checkpoints ?? { count: checkpoint_count } } : {}),
    ...shownOf(document),
  };
}
