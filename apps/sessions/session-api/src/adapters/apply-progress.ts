import type { Clock } from '@lucid/clock';
import type { SessionProgress } from '@lucid/contracts';
import type { Deps } from './connect.ts';

/** Applies a report of the pipeline and counts the session when it has come to its end by it. */
export async function applyProgress(
  { sessions, instruments }: Pick<Deps, 'sessions' | 'instruments'>,
  sessionId: string,
  progress: SessionProgress,
  clock: Clock,
): Promise<boolean> {
  const { applied, from } = await sessions.applyProgress(sessionId, progress, clock);
  const { status } = progress;
  if (applied && from !== status && (status === 'completed' || status === 'failed'))
    instruments.sessions_ended_total.inc({ status });
  return applied;
}
