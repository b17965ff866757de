import type { Session } from '@lucid/contracts';
import type { Clients } from './account.ts';
import { mib, type Output } from './output.ts';
import {
  awaitEnd,
  beginSession,
  endRecording,
  isOver,
  patienceFor,
  type RecordWish,
  sendSource,
} from './session-work.ts';

/** The whole path of a recording, told as it goes. */
export async function recordSession(
  clients: Clients,
  wish: RecordWish,
  output: Output,
  wait: boolean,
): Promise<{ session: Session; text: string }> {
  const { session_id } = await beginSession(clients.sessions, wish, output);
  const sizeBytes = await sendSource(clients, session_id, wish, output).catch(async (error: unknown) => {
    // Waiting for the end throws the reason the session gives.
    if (isOver(error)) await awaitEnd(clients.sessions, session_id, output, patienceFor(wish, output));
    throw error;
  });
  const patience = patienceFor(wish, output);
  await endRecording(clients.sessions, session_id, patience);
  if (!wait) {
    const { body } = await patience.through(() => clients.sessions.getSession({ params: { session_id } }));
    return { session: body, text: `${mib(sizeBytes)} recorded as ${session_id}` };
  }
  const session = await awaitEnd(clients.sessions, session_id, output, patience);
  const { chunks_count, stored_bytes } = session.statistics;
  const share = sizeBytes === 0 ? 0 : Math.round((100 * stored_bytes) / sizeBytes);
  const text = [
    `${mib(sizeBytes)} recorded as ${session_id}`,
    `${chunks_count} chunks, ${mib(stored_bytes)} encrypted (${share} %)`,
    `root ${session.merkle_root}`,
    `block ${session.anchor?.block_height} (${session.anchor?.block_hash?.slice(0, 16)}…)`,
  ].join('\n');
  return { session, text };
}
