import { commonErrors } from '@lucid/errors';
import type { Origin } from './origin.ts';
import { parseRefreshToken } from './refresh-token.ts';
import type { World } from './world.ts';

export interface LogoutRequest {
  userId: string;
  /** Session of the access token the call came with. */
  loginSessionId: string | undefined;
  refreshToken: string | undefined;
  all: boolean;
}

/**
 * Ends the session of the call and that of the refresh token, or all of the user's. Sessions of other users are left alone.
 * @returns how many were live and are not any more
 * @throws FIELD_MISSING when nothing says which session
 */
export async function logout(world: World, request: LogoutRequest, origin: Origin): Promise<number> {
  const { loginSessions, users, events, clock } = world;
  const { userId, all } = request;
  const now = new Date(clock.nowMs());
  const named = [request.loginSessionId, parseRefreshToken(request.refreshToken ?? '')?.sessionId];
  const wanted = new Set(named.filter((id) => id !== undefined));
  if (!all && wanted.size === 0)
    throw commonErrors.FIELD_MISSING({ message: 'Nothing says which login session to end.' });
  // First the version: a refresh that is under way fails on it even if it escapes the list below.
  if (all) await users.raiseTokenVersion(userId, now);
  const live = await loginSessions.listLive(userId, now);
  let ended = 0;
  for (const { sessionId } of live) {
    if (!all && !wanted.has(sessionId)) continue;
    if (await loginSessions.revoke(sessionId, 'logout', now)) ended++;
  }
  const details = { ended_sessions: ended, all };
  await events.record({ type: 'logout', severity: 'info', success: true, userId, details }, origin);
  return ended;
}
