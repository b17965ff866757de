import type { Session } from '@lucid/contracts';
import type { Clients } from './account.ts';
import { mib, type Output } from './output.ts';
import { awaitEnd, beginSession, type RecordWish, sendSource } from './session-work.ts';

/** The whole path of a recording, told as it goes. */
export async function recordSession(
  clients: Clients,
  wish: RecordWish,
  output: Output,
  wait: boolean,
): Promise<{ session: Session; text: string }> {
  const { session_id } = await beginSession(clients.sessions, wish);
  output.say(`session ${session_id}`);
  const sizeBytes = await sendSource(clients, session_id, wish, output);
  await clients.sessions.stopSession({ params: { session_id } });
  if (!wait) {
    const { body } = await clients.sessions.getSession({ params: { session_id } });
    return { session: body, text: `${mib(sizeBytes)} recorded as ${session_id}` };
  }
  const session = await awaitEnd(clients.sessions, session_id, output);
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
