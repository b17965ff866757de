import { isoTime } from '@lucid/clock';
import type { Pipeline, SessionProgress, SessionStatus, StopReason } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { ServiceContext } from '@lucid/service';
import type { SessionDocument } from '../domain/session-document.ts';
import { mayAsk, nextStatus } from '../domain/session-status.ts';
import { errors } from '../errors.ts';
import { applyProgress } from './apply-progress.ts';
import type { Deps } from './deps.ts';
import { reserveStart } from './reserve-start.ts';

export interface StatusChange {
  session_id: string;
  status: SessionStatus;
  timestamp: string;
}

type Context = Pick<ServiceContext, 'clock'>;

/** Idempotent: starting what starts or records answers with where it is. @throws WRONG_STATE, TOO_MANY_AT_ONCE */
export async function startSession(
  deps: Deps,
  context: Context,
  session: SessionDocument,
): Promise<StatusChange> {
  const { _id, user_id, status, chunk_size_bytes, max_size_bytes, compression_enabled } = session;
  refuseUnless(status, 'start');
  if (nextStatus(status, 'start')) await reserveStart(deps, context.clock, session);
  try {
    const answer = deps.clients.pipeline.startPipeline({
      params: { session_id: _id },
      body: { owner_id: user_id, config: { chunk_size_bytes, max_size_bytes, compression_enabled } },
    });
    return await applied(deps, context, await unlessIllegal(answer));
  } finally {
    await deps.sessions.forget(_id, 'reserved_until_ms');
  }
}

/** Idempotent: stopping what already stops answers with where it is. @param reason why, where the recorder will not say */
export async function stopSession(
  deps: Deps,
  context: Context,
  { _id, status }: SessionDocument,
  reason: StopReason = 'requested',
): Promise<StatusChange> {
  refuseUnless(status, 'stop');
  const answer = await unlessIllegal(deps.clients.pipeline.stopPipeline({ params: { session_id: _id } }));
  if (nextStatus(status, 'stop'))
    await deps.sessions.change(_id, { stop_reason: reason }, { stop_reason: { $exists: false } });
  return applied(deps, context, answer);
}

export async function pauseSession(
  deps: Deps,
  context: Context,
  { _id, status }: SessionDocument,
): Promise<StatusChange> {
  refuseUnless(status, 'pause');
  const answer = deps.clients.pipeline.pausePipeline({ params: { session_id: _id } });
  return applied(deps, context, await unlessIllegal(answer));
}

export async function resumeSession(
  deps: Deps,
  context: Context,
  { _id, status }: SessionDocument,
): Promise<StatusChange> {
  refuseUnless(status, 'resume');
  const answer = deps.clients.pipeline.resumePipeline({ params: { session_id: _id } });
  return applied(deps, context, await unlessIllegal(answer));
}

/** Tries a failed session again, from the stage it failed in. */
export async function retrySession(
  deps: Deps,
  context: Context,
  { _id, status }: SessionDocument,
): Promise<StatusChange> {
  refuseUnless(status, 'retry');
  const answer = deps.clients.pipeline.recoverPipeline({ params: { session_id: _id } });
  return applied(deps, context, await unlessIllegal(answer));
}

function refuseUnless(status: SessionStatus, event: 'start' | 'stop' | 'pause' | 'resume' | 'retry'): void {
  if (!mayAsk(status, event)) throw errors.WRONG_STATE({ details: { status } });
}

/** The pipeline knows better than our copy of the status. */
async function unlessIllegal(answer: Promise<{ body: Pipeline }>): Promise<Pipeline> {
  try {
    return (await answer).body;
  } catch (error) {
    if (!(error instanceof ServiceError && error.status === 409)) throw error;
    throw errors.WRONG_STATE({ details: error.details ?? {}, cause: error });
  }
}

/** The pipeline's answer is a progress report too; applying it at once lets the caller read what it has just done. */
async function applied(deps: Deps, { clock }: Context, pipeline: Pipeline): Promise<StatusChange> {
  const { session_id, session_status } = pipeline;
  await applyProgress(deps, session_id, progressOf(pipeline), clock);
  return { session_id, status: session_status, timestamp: isoTime(clock) };
}

/** Everything a report of the same version says: what is left out here would never be told again. */
function progressOf(pipeline: Pipeline): SessionProgress {
  const { version, session_status, state, anchoring_status, statistics } = pipeline;
  const { merkle_root, manifest_id, anchor, live_anchoring, error } = pipeline;
  return {
    ...{ version, status: session_status, pipeline_status: state, anchoring_status, statistics },
    ...(merkle_root === undefined ? {} : { merkle_root }),
    ...(manifest_id === undefined ? {} : { manifest_id }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(live_anchoring === undefined ? {} : { live_anchoring }),
    ...(error === undefined ? {} : { error }),
  };
}
