import { isoTime } from '@lucid/clock';
import { ServiceError } from '@lucid/errors';
import { ZERO_HASH } from '@lucid/ledger';
import { createRootAccumulator } from '@lucid/merkle';
import { reasonOf } from '../domain/final-failure.ts';
import { grown, hasNews, type LiveAnchoring, retryPauseMs } from '../domain/live-anchoring.ts';
import { ownerReference } from '../domain/owner-reference.ts';
import type { PipelineDocument } from '../domain/pipeline-document.ts';
import type { StepDeps } from './steps/step.ts';

const PAGE = 1000;
/** Chunks looked at in one turn; the rest at the next. */
const MOST_PAGES = 20;
/** A checkpoint waits for nobody long: the recording has more to do. */
const TIMEOUT_MS = 3000;

/**
 * When it is time, looks at what has been stored since the last look and has a checkpoint of it put on the chain. Never
 * fails: evidence that cannot be given now is given later, and the recording goes on.
 * @returns the new state; undefined when it is not time yet
 */
export async function writeCheckpoint(
  document: PipelineDocument,
  deps: StepDeps,
): Promise<LiveAnchoring | undefined> {
  const { clock, settings, logger, instruments } = deps;
  const intervalMs = (await settings.current()).live_anchor_seconds * 1000;
  const nowMs = clock.nowMs();
  if (intervalMs === 0 || nowMs < document.live.due_at_ms) return undefined;
  try {
    // The first says that a recording was begun, whatever is stored by the time that somebody hears it.
    const live = document.live.told ? await storedSoFar(document, deps) : document.live;
    const told = hasNews(live) ? await tell(document, live, deps) : live.told;
    if (hasNews(live)) instruments.pipeline_checkpoints_total.inc({ outcome: 'written' });
    const { error: _over, ...rest } = live;
    const next = { due_at_ms: nowMs + intervalMs, fresh_at_ms: nowMs, failures: 0 };
    return { ...rest, ...(told === undefined ? {} : { told }), ...next };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { live } = document;
    const failures = live.failures + 1;
    logger.warn({ err: error, session_id: document._id, failures }, 'no checkpoint could be written');
    instruments.pipeline_checkpoints_total.inc({ outcome: 'failed' });
    const due_at_ms = nowMs + retryPauseMs(live.failures, intervalMs);
    return { ...live, failures, error: reasonOf(error), due_at_ms };
  }
}

async function storedSoFar({ _id, live }: PipelineDocument, { clients }: StepDeps): Promise<LiveAnchoring> {
  let now = live;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { body } = await clients.storage.listStoredChunks({
      params: { session_id: _id },
      query: { after: now.chunk_count, limit: PAGE },
      timeoutMs: TIMEOUT_MS,
    });
    const before = now.chunk_count;
    now = grown(now, body.chunks);
    if (now.chunk_count - before < PAGE) break;
  }
  return now;
}

async function tell(
  { _id, owner_id }: PipelineDocument,
  { peaks, chunk_count, total_size }: LiveAnchoring,
  { clients, clock }: StepDeps,
): Promise<NonNullable<LiveAnchoring['told']>> {
  const { body } = await clients.anchoring.putCheckpoint({
    params: { session_id: _id },
    body: {
      user_id: owner_id,
      owner_ref: ownerReference(owner_id, _id),
      chunk_count,
      merkle_root: chunk_count === 0 ? ZERO_HASH : createRootAccumulator(peaks).root(),
      total_size,
      recorded_at: isoTime(clock),
    },
    timeoutMs: TIMEOUT_MS,
  });
  const { sequence, recorded_at } = body;
  return { sequence, chunk_count: body.chunk_count, recorded_at };
}
