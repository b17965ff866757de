import { type Clock, isoTime } from '@lucid/clock';
import type { SessionDocument } from '../domain/session-document.ts';
import type { Deps } from './deps.ts';

/** A caller waits so long; what is left then is finished by the sweep. */
const PATIENCE_MS = 20_000;

type Needed = Pick<Deps, 'sessions' | 'clients'>;

/**
 * Moves the files of a session to the archive, and back. Storage does it in pieces, so it is asked until it says that all is done.
 * @returns false when there is more to move than a caller waits for: it is due then, and goes on in the background
 * @throws what storage answers; a file that cannot be moved stays where it is and is moved at the next try
 */
export async function archiveFiles(
  { sessions, clients }: Needed,
  { _id }: SessionDocument,
  clock: Clock,
): Promise<boolean> {
  const params = { session_id: _id };
  const isDone = await untilDone(async () => (await clients.storage.archiveSession({ params })).body, clock);
  if (!isDone) {
    await sessions.note(_id, { archive_due_ms: clock.nowMs() });
    return false;
  }
  await sessions.forget(_id, 'archive_due_ms');
  await sessions.change(_id, { archived_at: isoTime(clock) }, { archived_at: { $exists: false } });
  return true;
}

/** The session is active again from the first file on: what is left is moved by the next call. */
export async function restoreFiles(
  { sessions, clients }: Needed,
  { _id }: SessionDocument,
  clock: Clock,
): Promise<boolean> {
  const params = { session_id: _id };
  await sessions.forget(_id, 'archive_due_ms');
  const isDone = await untilDone(async () => (await clients.storage.restoreSession({ params })).body, clock);
  if (isDone) await sessions.forget(_id, 'archived_at');
  return isDone;
}

interface Moved {
  done: boolean;
  failed: readonly unknown[];
}

async function untilDone(move: () => Promise<Moved>, clock: Clock): Promise<boolean> {
  const startMs = clock.monotonicMs();
  while (clock.monotonicMs() - startMs < PATIENCE_MS) {
    const { done, failed } = await move();
    if (done) return failed.length === 0;
  }
  return false;
}
