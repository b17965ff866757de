import type { Clock, Random } from '@lucid/clock';
import { timestampOf } from '@lucid/ledger';
import {
  type AnchoringDocument,
  type AnchoringRequest,
  differences,
  newAnchoring,
} from '../domain/anchoring-document.ts';
import { errors } from '../errors.ts';
import type { Deps } from './connect.ts';

interface Sources {
  clock: Clock;
  random: Random;
}

/** Takes a request, or finds what the same one was turned into before. @throws 6402, 6403, 6404 */
export async function requestAnchoring(
  { anchorings, worker, maxWaiting, instruments }: Deps,
  asked: AnchoringRequest,
  { clock, random }: Sources,
): Promise<AnchoringDocument> {
  const request = { ...asked, created_at: onTheChain(asked.created_at) };
  const known = await anchorings.find(request.session_id);
  if (known) return same(known, request);
  const waiting = await anchorings.waiting();
  instruments.anchoring_queue_depth.set(waiting);
  if (waiting >= maxWaiting) throw errors.ANCHORING_FULL({ headers: { 'retry-after': '10' } });
  const document = newAnchoring(request, random.uuid(), clock.nowMs());
  if (await anchorings.add(document)) {
    instruments.blockchain_session_anchorings_total.inc({ status: 'pending' });
    worker.nudge();
    return document;
  }
  const faster = await anchorings.find(request.session_id);
  if (!faster) throw errors.ANCHORING_NOT_FOUND();
  return same(faster, request);
}

function same(kept: AnchoringDocument, request: AnchoringRequest): AnchoringDocument {
  const differing = differences(kept, request);
  if (differing.length > 0) throw errors.ANCHORING_CONFLICT({ details: { differing } });
  return kept;
}

/** The contract takes every spelling of an instant; the chain knows one. */
function onTheChain(timestamp: string): string {
  const ms = Date.parse(timestamp);
  if (!Number.isFinite(ms)) throw errors.ANCHORING_INVALID({ details: { field: 'created_at' } });
  return timestampOf(ms);
}
