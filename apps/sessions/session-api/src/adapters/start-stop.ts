import { isoTime } from '@lucid/clock';
import type { Pipeline, SessionStatus } from '@lucid/contracts';
import type { ServiceContext } from '@lucid/service';
import type { SessionDocument } from '../domain/session-document.ts';
import { mayStart, mayStop } from '../domain/session-status.ts';
import { errors } from '../errors.ts';
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
  const { body } = await deps.clients.pipeline.startPipeline({
    params: { session_id: _id },
    body: { owner_id: user_id, config: { chunk_size_bytes, max_size_bytes, compression_enabled } },
  });
  return applied(deps, context, body);
}

/** Idempotent: stopping what already stops answers with where it is. */
export async function stopSession(
  deps: Deps,
  context: ServiceContext,
  session: SessionDocument,
): Promise<StatusChange> {
  if (!mayStop(session.status)) throw errors.WRONG_STATE({ details: { status: session.status } });
  const { body } = await deps.clients.pipeline.stopPipeline({ params: { session_id: session._id } });
  return applied(deps, context, body);
}

/** The pipeline's answer is a progress report too; applying it at once lets the caller read what it has just done. */
async function applied(
  { sessions }: Deps,
  { clock }: ServiceContext,
  pipeline: Pipeline,
): Promise<StatusChange> {
  const { session_id, session_status, state, version, anchoring_status, statistics, error } = pipeline;
  const now = isoTime(clock);
  const progress = {
    version,
    status: session_status,
    pipeline_status: state,
    anchoring_status,
    statistics,
    ...(error === undefined ? {} : { error }),
  };
  await sessions.applyProgress(session_id, progress, now);
  return { session_id, status: session_status, timestamp: now };
}
