import type { Clock } from '@lucid/clock';
import type { SessionDocument } from '../domain/session-document.ts';
import { errors } from '../errors.ts';
import type { Deps } from './deps.ts';

/** Longer than a start may take; a process that dies meanwhile holds a place for no longer. */
const RESERVED_MS = 60_000;

/**
 * Takes a place among the sessions that run at the same time. It is taken first and counted afterwards: of two that come at once for
 * the last place, both may be refused, but never are both let in.
 * @throws TOO_MANY_AT_ONCE, and gives the place back
 */
export async function reserveStart(
  { sessions, settings }: Pick<Deps, 'sessions' | 'settings'>,
  clock: Clock,
  { _id, user_id }: SessionDocument,
): Promise<void> {
  const nowMs = clock.nowMs();
  await sessions.note(_id, { reserved_until_ms: nowMs + RESERVED_MS });
  const [own, all] = await Promise.all([sessions.countRunning(nowMs, user_id), sessions.countRunning(nowMs)]);
  const { MAX_CONCURRENT_SESSIONS_PER_USER: perUser, MAX_CONCURRENT_SESSIONS: inAll } = settings;
  if (own <= perUser && all <= inAll) return;
  await sessions.forget(_id, 'reserved_until_ms');
  const details = own > perUser ? { scope: 'user', limit: perUser } : { scope: 'system', limit: inAll };
  throw errors.TOO_MANY_AT_ONCE({ details });
}
