import type { Tokens } from '@lucid/contracts';
import type { Static } from 'typebox';
import { errors } from '../errors.ts';
import { judgeRefresh, type LoginSession } from './login-session.ts';
import type { Origin } from './origin.ts';
import { newRefreshSecret, parseRefreshToken, refreshHash } from './refresh-token.ts';
import { tokens } from './sign-in.ts';
import type { World } from './world.ts';

/**
 * Exchanges a refresh token, once. A second use, also one that only lost the race, ends the login session: one of the two users
 * has stolen it, and nobody can tell which.
 * @throws REFRESH_TOKEN_INVALID
 */
export async function refresh(world: World, text: string, origin: Origin): Promise<Static<typeof Tokens>> {
  const { loginSessions, users, outcomes, policy, clock, random } = world;
  const given = parseRefreshToken(text);
  const session = given && (await loginSessions.byId(given.sessionId));
  const nowMs = clock.nowMs();
  const from = given ? refreshHash(given.secret) : '';
  const judgement = session ? judgeRefresh(session, from, nowMs) : 'dead';
  if (!session || judgement === 'dead') {
    outcomes.refresh('invalid');
    throw errors.REFRESH_TOKEN_INVALID();
  }
  if (judgement === 'reused') throw await reused(world, session, origin);
  const user = await users.byId(session.userId);
  if (user?.status !== 'active' || user.tokenVersion !== session.tokenVersion) {
    await loginSessions.revoke(session.sessionId, 'user_not_active', new Date(nowMs));
    outcomes.refresh('invalid');
    throw errors.REFRESH_TOKEN_INVALID();
  }
  const secret = newRefreshSecret(random);
  const rotated = await loginSessions.rotate(session.sessionId, {
    from,
    to: refreshHash(secret),
    at: new Date(nowMs),
    expiresAt: new Date(nowMs + policy.refreshLifetimeMs),
  });
  if (!rotated) throw await reused(world, session, origin);
  outcomes.refresh('ok');
  return tokens(world, user, session, secret);
}

async function reused(world: World, { sessionId, userId }: LoginSession, origin: Origin): Promise<Error> {
  const { loginSessions, events, outcomes, clock } = world;
  await loginSessions.revoke(sessionId, 'refresh_reused', new Date(clock.nowMs()));
  outcomes.refresh('reused');
  const details = { login_session_id: sessionId };
  await events.record(
    { type: 'refresh_reused', severity: 'critical', success: false, userId, details },
    origin,
  );
  return errors.REFRESH_TOKEN_INVALID();
}
