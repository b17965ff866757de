import type { Clock, Random } from '@lucid/clock';
import { timestampOf } from '@lucid/ledger';
import {
  type AnchoringDocument,
  type AnchoringRequest,
  differences,
  newAnchoring,
} from '../domain/anchoring-document.ts';
import { faultOfSignatures } from '../domain/judge-request.ts';
import { errors } from '../errors.ts';
import type { Deps } from './deps.ts';

type RequestDeps = Pick<
  Deps,
  'anchorings' | 'checkpoints' | 'worker' | 'maxWaiting' | 'gatherMs' | 'instruments'
>;

interface Sources {
  clock: Clock;
  random: Random;
}

/**
 * Takes a request, or finds what the same one was turned into before. The row of checkpoints ends here: the anchor names
 * how many there were.
 * @throws 6402, 6403, 6404, 6407
 */
export async function requestAnchoring(
  { anchorings, checkpoints, worker, maxWaiting, gatherMs, instruments }: RequestDeps,
  asked: AnchoringRequest,
  { clock, random }: Sources,
): Promise<AnchoringDocument> {
  const request = { ...asked, created_at: onTheChain(asked.created_at) };
  const fault = faultOfSignatures(request);
  if (fault !== undefined) throw errors.ANCHORING_UNAUTHORISED({ details: { reason: fault } });
  const known = await anchorings.find(request.session_id);
  if (known) return same(known, request);
  const waiting = await anchorings.waiting();
  instruments.anchoring_queue_depth.set(waiting);
  if (waiting >= maxWaiting) throw errors.ANCHORING_FULL({ headers: { 'retry-after': '10' } });
  const checkpoint_count = await sealed(checkpoints, request);
  const origin = { anchoring_id: random.uuid(), checkpoint_count, nowMs: clock.nowMs(), gatherMs };
  const document = newAnchoring(request, origin);
  if (await anchorings.add(document)) {
    instruments.blockchain_session_anchorings_total.inc({ status: 'pending' });
    worker.nudge();
    return document;
  }
  const faster = await anchorings.find(request.session_id);
  if (!faster) throw errors.ANCHORING_NOT_FOUND();
  return same(faster, request);
}

/** @returns the number of checkpoints, which is final from here on */
async function sealed(checkpoints: Deps['checkpoints'], request: AnchoringRequest): Promise<number> {
  const last = await checkpoints.last(request.session_id);
  if (last && !last.seal && last.owner_ref !== request.owner_ref)
    throw errors.ANCHORING_CONFLICT({ details: { differing: ['owner_ref'] } });
  return checkpoints.seal(request.session_id);
}

function same(kept: AnchoringDocument, request: AnchoringRequest): AnchoringDocument {
  const differing = differences(kept, request);
  if (differing.length > 0) throw errors.ANCHORING_CONFLICT({ details: { differing } });
  return kept;
}

/** The contract takes every spelling of an instant; the chain knows one. @throws 6404 for a day that does not exist */
export function onTheChain(timestamp: string, field = 'created_at'): string {
  const ms = Date.parse(timestamp);
  if (!Number.isFinite(ms)) throw errors.ANCHORING_INVALID({ details: { field } });
  return timestampOf(ms);
}
