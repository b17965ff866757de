import type { Clock } from '@lucid/clock';
import type { SessionProgress } from '@lucid/contracts';
import { archiveDueMs } from '../domain/retention.ts';
import type { SessionDocument } from '../domain/session-document.ts';
import type { Deps } from './deps.ts';

type Needed = Pick<Deps, 'sessions' | 'instruments' | 'clients' | 'settings' | 'logger'>;

/** Applies a report of the pipeline, and does once what follows from where the session has come to by it. */
export async function applyProgress(
  deps: Needed,
  sessionId: string,
  progress: SessionProgress,
  clock: Clock,
): Promise<boolean> {
  const { applied, from, to } = await deps.sessions.applyProgress(sessionId, progress, clock);
  if (from && to && from.status !== to.status) await entered(deps, from, to);
  return applied;
}

async function entered(deps: Needed, from: SessionDocument, to: SessionDocument): Promise<void> {
  const { sessions, instruments, settings } = deps;
  if (!from.stopped_at && to.stopped_at && to.started_at)
    instruments.session_duration_seconds.observe(
      (Date.parse(to.stopped_at) - Date.parse(to.started_at)) / 1000,
    );
  if (to.stop_reason === undefined && HAS_STOPPED.has(to.status)) await askWhy(deps, to._id);
  if (to.status !== 'completed' && to.status !== 'failed') return;
  instruments.sessions_ended_total.inc({ status: to.status });
  const dueMs = archiveDueMs(to, settings.ARCHIVE_AFTER_DAYS);
  if (dueMs !== undefined) await sessions.note(to._id, { archive_due_ms: dueMs });
}

const HAS_STOPPED: ReadonlySet<string> = new Set(['stopped', 'processing', 'completed', 'failed']);

/** The pipeline waits for our answer to its report, and no longer than 5 s. */
const ASK_TIMEOUT_MS = 1500;

/** A recorder ends by itself what has become too large; nobody else knows that. */
async function askWhy(
  { sessions, clients, logger }: Pick<Needed, 'sessions' | 'clients' | 'logger'>,
  sessionId: string,
): Promise<void> {
  try {
    const params = { session_id: sessionId };
    const { body } = await clients.recorder.getRecording({ params, timeoutMs: ASK_TIMEOUT_MS });
    if (body.stop_reason !== undefined)
      await sessions.change(
        sessionId,
        { stop_reason: body.stop_reason },
        { stop_reason: { $exists: false } },
      );
  } catch (error) {
    logger.debug({ err: error, session_id: sessionId }, 'the recorder does not say why a recording ended');
  }
}
