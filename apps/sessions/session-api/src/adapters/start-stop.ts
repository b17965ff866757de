import { isoTime } from '@lucid/clock';
import type { Pipeline, SessionProgress, SessionStatus } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { ServiceContext } from '@lucid/service';
import type { SessionDocument } from '../domain/session-document.ts';
import { mayStart, mayStop } from '../domain/session-status.ts';
import { errors } from '../errors.ts';
import { applyProgress } from './apply-progress.ts';
import type { Deps } from './connect.ts';

interface StatusChange {
  session_id: string;
  status: SessionStatus;
  timestamp: string;
}

/** Idempotent: starting what starts or records answers with where it is. */
export async function startSession(
  deps: Deps,
  context: ServiceContext,
  session: SessionDocument,
): Promise<StatusChange> {
  const { _id, user_id, status, chunk_size_bytes, max_size_bytes, compression_enabled } = session;
  if (!mayStart(status)) throw errors.WRONG_STATE({ details: { status } });
  const answer = deps.clients.pipeline.startPipeline({
    params: { session_id: _id },
    body: { owner_id: user_id, config: { chunk_size_bytes, max_size_bytes, compression_enabled } },
  });
  return applied(deps, context, await unlessIllegal(answer));
}

/** Idempotent: stopping what already stops answers with where it is. */
export async function stopSession(
  deps: Deps,
  context: ServiceContext,
  session: SessionDocument,
): Promise<StatusChange> {
  if (!mayStop(session.status)) throw errors.WRONG_STATE({ details: { status: session.status } });
  const answer = deps.clients.pipeline.stopPipeline({ params: { session_id: session._id } });
  return applied(deps, context, await unlessIllegal(answer));
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
async function applied(deps: Deps, { clock }: ServiceContext, pipeline: Pipeline): Promise<StatusChange> {
  const { session_id, session_status } = pipeline;
  await applyProgress(deps, session_id, progressOf(pipeline), clock);
  return { session_id, status: session_status, timestamp: isoTime(clock) };
}

/** Everything a report of the same version says: what is left out here would never be told again. */
function progressOf(pipeline: Pipeline): SessionProgress {
  const { version, session_status, state, anchoring_status, statistics } = pipeline;
  const { merkle_root, manifest_id, anchor, error } = pipeline;
  return {
    ...{ version, status: session_status, pipeline_status: state, anchoring_status, statistics },
    ...(merkle_root === undefined ? {} : { merkle_root }),
    ...(manifest_id === undefined ? {} : { manifest_id }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(error === undefined ? {} : { error }),
  };
}
