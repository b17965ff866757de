import { type Clock, repeat } from '@lucid/clock';
import { ServiceError } from '@lucid/errors';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import type { metrics } from '../metrics.ts';
import type { Clients } from './clients.ts';
import type { Sessions } from './sessions.ts';

const PAUSE_MS = 1000;
const RETRY_MS = 3000;
const BATCH = 20;

export interface PurgeDeps {
  sessions: Sessions;
  clients: Pick<Clients, 'pipeline'>;
  instruments: Instruments<(typeof metrics)['definitions']>;
  clock: Clock;
  logger: Logger;
}

/** Has key, plaintext and files of deleted sessions removed, and tries again until it is done. */
export function runPurge(deps: PurgeDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger } = deps;
  const onError = (error: unknown) => logger.error({ err: error }, 'a round of the purge failed');
  return repeat(() => purgeRound(deps), { clock, pauseMs: PAUSE_MS, signal, onError });
}

async function purgeRound({ sessions, clients, instruments, clock, logger }: PurgeDeps): Promise<boolean> {
  const pending = await sessions.toPurge(clock.nowMs(), BATCH);
  for (const session of pending) {
    try {
      await removeAll(clients, session._id);
      await sessions.purged(session);
    } catch (error) {
      logger.warn({ err: error, session_id: session._id }, 'a deleted session cannot be purged yet');
      await sessions.postponePurge(session._id, clock.nowMs() + RETRY_MS);
    }
  }
  instruments.sessions_purge_backlog.set(await sessions.purgeBacklog());
  return false;
}

/** @throws while it cannot be done; a pipeline that still works (it was started while being deleted) is stopped first */
async function removeAll({ pipeline }: PurgeDeps['clients'], session_id: string): Promise<void> {
  const params = { session_id };
  try {
    await pipeline.destroyPipeline({ params });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.status === 404) return; // it was never started
    if (error.status === 409) await pipeline.stopPipeline({ params });
    throw error;
  }
}
