import type { Anchoring } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { Manifest } from '@lucid/manifest';
import { lookAgainMs } from '../../domain/look-again.ts';
import type { PipelineDocument } from '../../domain/pipeline-document.ts';
import { nextState } from '../../domain/pipeline-state.ts';
import { completeStage, withStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import type { Clients } from '../clients.ts';
import type { Step, StepResult } from './step.ts';

/** Asks for the anchor, then watches until a block holds it. */
export const anchor: Step = async (document, { clients, clock }) => {
  if (document.anchor_again) return askAgain(document, clients);
  if (document.anchor) return fromAnchoring(document, await current(clients, document._id), clock.nowMs());
  const { body: kept } = await clients.storage.getManifest({ params: { session_id: document._id } });
  const { chunk_count, total_size, generated_at, owner_ref, merkle_root } = kept.manifest as Manifest;
  const asked = clients.anchoring.anchorSession({
    body: {
      session_id: document._id,
      user_id: document.owner_id,
      owner_ref,
      merkle_root,
      manifest_hash: kept.manifest_hash,
      manifest_public_key: kept.public_key,
      manifest_signature: kept.signature,
      chunk_count,
      total_size,
      created_at: generated_at,
    },
  });
  return fromAnchoring(document, await unlessRefused(asked), clock.nowMs());
};

/** Anchoring's word for a session that nobody has asked an anchor for. */
const ANCHORING_NOT_FOUND = 6401;

/** After a recovery: what anchoring has given up is taken up there again, once. */
async function askAgain({ _id }: PipelineDocument, { anchoring }: Clients): Promise<StepResult> {
  try {
    await anchoring.retryAnchoring({ params: { session_id: _id } });
  } catch (error) {
    const wasNeverAsked = error instanceof ServiceError && error.code === ANCHORING_NOT_FOUND;
    if (!wasNeverAsked) throw error;
  }
  return { change: { anchor_again: undefined }, pauseMs: 0 };
}

/** Anchoring's word for values that the chain can never take. */
const ANCHORING_INVALID = 6404;

/** Another root or hash is anchored for this session already, or this one never can be: that will not change. */
async function unlessRefused(asked: Promise<{ body: Anchoring }>): Promise<Anchoring> {
  try {
    return (await asked).body;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.status !== 409 && error.code !== ANCHORING_INVALID) throw error;
    throw errors.ANCHORING_FAILED({ message: error.message, cause: error });
  }
}

const FINALITY_POLL_MS = 2000;

/** After completion: the anchor becomes final when six blocks stand on it. */
export const awaitFinality: Step = async (document, { clients }) => {
  const anchoring = await current(clients, document._id);
  return anchoring.finalized
    ? { change: { anchoring_status: 'finalized' }, pauseMs: 0 }
    : { change: {}, pauseMs: FINALITY_POLL_MS };
};

const current = async (clients: Parameters<Step>[1]['clients'], session_id: string): Promise<Anchoring> =>
  (await clients.anchoring.getAnchoring({ params: { session_id } })).body;

function fromAnchoring(document: PipelineDocument, anchoring: Anchoring, nowMs: number): StepResult {
  const { anchoring_id, transaction_id, block_height, block_hash, status } = anchoring;
  if (status === 'failed' || status === 'expired')
    throw errors.ANCHORING_FAILED({ message: anchoring.error ?? `The anchoring ${status}.` });
  const known = {
    anchoring_id,
    ...(transaction_id === undefined ? {} : { transaction_id }),
    ...(block_height === undefined ? {} : { block_height }),
    ...(block_hash === undefined ? {} : { block_hash }),
  };
  if (status !== 'confirmed') {
    const stages = withStage(document.stages, 'anchoring', {
      status: 'active',
      progress: status === 'processing' ? 50 : 10,
    });
    const pauseMs = lookAgainMs(stages, 'anchoring', nowMs);
    return { change: { anchor: known, anchoring_status: status, stages }, pauseMs };
  }
  return {
    change: {
      anchor: known,
      anchoring_status: anchoring.finalized ? 'finalized' : 'confirmed',
      stages: completeStage(document.stages, 'anchoring'),
      state: nextState(document.state, 'done'),
    },
    pauseMs: 0,
  };
}
