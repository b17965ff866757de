import { type Clock, repeat } from '@lucid/clock';
import { ServiceError } from '@lucid/errors';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import type { metrics } from '../metrics.ts';
import type { Clients } from './clients.ts';
import type { Sessions } from './sessions.ts';

const PAUSE_MS = 1000;
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

async function purgeRound({ sessions, clients, instruments, logger }: PurgeDeps): Promise<boolean> {
  const pending = await sessions.toPurge(BATCH);
  for (const { _id } of pending) {
    try {
      await clients.pipeline.destroyPipeline({ params: { session_id: _id } });
    } catch (error) {
      if (!(error instanceof ServiceError && error.status === 404)) {
        logger.warn({ err: error, session_id: _id }, 'a deleted session cannot be purged yet');
        continue;
      }
    }
    await sessions.purged(_id);
  }
  instruments.sessions_purge_backlog.set(pending.length === 0 ? 0 : await sessions.purgeBacklog());
  return false;
}
