import { ServiceError } from '@lucid/errors';
import { statesAllowing } from '../domain/pipeline-state.ts';
import { errors } from '../errors.ts';
import type { Clients } from './clients.ts';
import type { Pipelines } from './pipelines.ts';

/**
 * Removes everything of a session that can be read: key, plaintext, files. The manifest and the anchor stay. The state
 * changes first, so that nobody starts or drives it meanwhile; each part is idempotent, so a call that failed half-way is
 * simply made again.
 */
export async function destroySession(
  { pipelines, clients }: { pipelines: Pipelines; clients: Clients },
  sessionId: string,
): Promise<void> {
  const destroyed = await pipelines.changeState(sessionId, statesAllowing('destroy'), { state: 'destroyed' });
  const known = destroyed ?? (await pipelines.find(sessionId));
  if (!known) throw errors.PIPELINE_NOT_FOUND();
  if (known.state !== 'destroyed') throw errors.ILLEGAL_TRANSITION({ details: { state: known.state } });
  await removeSession(clients, sessionId);
}

/** Each part is idempotent: a call that failed half-way is simply made again. */
export async function removeSession(clients: Clients, sessionId: string): Promise<void> {
  const params = { session_id: sessionId };
  await unlessAbsent(clients.keys.shredKey({ params }));
  await unlessAbsent(clients.recorder.stopRecording({ params })); // one that was given up may still take bytes
  await unlessAbsent(clients.recorder.deleteRecording({ params }));
  await unlessAbsent(clients.storage.deleteSessionFiles({ params }));
}

async function unlessAbsent(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof ServiceError && error.status === 404)) throw error;
  }
}
