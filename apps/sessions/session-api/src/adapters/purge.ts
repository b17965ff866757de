import { type Clock, isoTime, repeat } from '@lucid/clock';
import { ServiceError } from '@lucid/errors';
import type { SessionDocument } from '../domain/session-document.ts';
import type { Clients } from './clients.ts';
import type { Deps } from './deps.ts';

const PAUSE_MS = 1000;
const RETRY_MS = 3000;
const BATCH = 20;

export type PurgeDeps = Pick<Deps, 'sessions' | 'audit' | 'instruments' | 'logger'> & {
  clients: Pick<Clients, 'pipeline'>;
  clock: Clock;
};

/**
 * Has key, plaintext and files removed of sessions that were deleted or are past their retention, and tries again until it is done.
 * Every instance does it: each step does no harm twice, and only one of them has the last word.
 */
export function runPurge(deps: PurgeDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger } = deps;
  const onError = (error: unknown) => logger.error({ err: error }, 'a round of the purge failed');
  return repeat(() => purgeRound(deps), { clock, pauseMs: PAUSE_MS, signal, onError });
}

async function purgeRound(deps: PurgeDeps): Promise<boolean> {
  const { sessions, clients, instruments, clock, logger } = deps;
  for (const session of await sessions.toPurge(clock.nowMs(), BATCH)) {
    try {
      const hadKey = await removeAll(clients, session._id);
      if (await sessions.purged(session, isoTime(clock))) await tell(deps, session, hadKey);
    } catch (error) {
      logger.warn({ err: error, session_id: session._id }, 'a session cannot be purged yet');
      await sessions.postponePurge(session._id, clock.nowMs() + RETRY_MS);
    }
  }
  instruments.sessions_purge_backlog.set(await sessions.purgeBacklog());
  return false;
}

/**
 * @returns false when there was nothing to remove: it was never started
 * @throws while it cannot be done; a pipeline that still works (it was started while being deleted) is stopped first
 */
async function removeAll({ pipeline }: PurgeDeps['clients'], session_id: string): Promise<boolean> {
  const params = { session_id };
  try {
    await pipeline.destroyPipeline({ params });
    return true;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.status === 404) return false;
    if (error.status === 409) await pipeline.stopPipeline({ params });
    throw error;
  }
}

async function tell(
  { audit, instruments }: PurgeDeps,
  { _id, status }: SessionDocument,
  hadKey: boolean,
): Promise<void> {
  const isRetention = status !== 'deleted';
  const row = { session_id: _id, action: isRetention ? 'retention' : 'purge', result: 'ok' } as const;
  if (hadKey) await audit.write({ ...row, event_type: 'key_destroyed', resource: `sessions/${_id}/key` });
  if (!isRetention) return;
  instruments.sessions_expired_total.inc();
  await audit.write({ ...row, event_type: 'session_expired', resource: `sessions/${_id}` });
}
