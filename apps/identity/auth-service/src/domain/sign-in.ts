import type { AuthResponse, Tokens } from '@lucid/contracts';
import type { Static } from 'typebox';
import { signAccessToken } from './access-token.ts';
import { type LoginSession, sessionsOverLimit } from './login-session.ts';
import type { Origin } from './origin.ts';
import { formatRefreshToken, newRefreshSecret, refreshHash } from './refresh-token.ts';
import type { User } from './user.ts';
import { userResponse } from './user-response.ts';
import type { World } from './world.ts';

/** Opens a login session for a user who has proven who they are, and ends the least recently used one over the limit. */
export async function signIn(world: World, user: User, origin: Origin): Promise<Static<typeof AuthResponse>> {
  const { users, loginSessions, policy, clock, random } = world;
  const now = new Date(clock.nowMs());
  const secret = newRefreshSecret(random);
  const session: LoginSession = {
    sessionId: random.uuid(),
    userId: user.userId,
    refreshHash: refreshHash(secret),
    tokenVersion: user.tokenVersion,
    ipAddress: origin.ipAddress,
    userAgent: origin.userAgent,
    createdAt: now,
    lastActivity: now,
    expiresAt: new Date(+now + policy.refreshLifetimeMs),
  };
  await loginSessions.insert(session);
  const live = await loginSessions.listLive(user.userId, now);
  for (const { sessionId } of sessionsOverLimit(live, policy.maxSessionsPerUser))
    await loginSessions.revoke(sessionId, 'too_many_sessions', now);
  await users.recordLogin(user.userId, now);
  return {
    ...(await tokens(world, user, session, secret)),
    user: userResponse({ ...user, lastLogin: now }),
  };
}

/** @param secret the current refresh secret of the session */
export async function tokens(
  world: World,
  user: User,
  session: Pick<LoginSession, 'sessionId'>,
  secret: string,
): Promise<Static<typeof Tokens>> {
  const { key, policy, clock, random } = world;
  const issuer = { key, lifetimeMs: policy.accessLifetimeMs, clock, random };
  return {
    access_token: await signAccessToken(issuer, user, session),
    refresh_token: formatRefreshToken({ sessionId: session.sessionId, secret }),
    token_type: 'Bearer',
    expires_in: Math.floor(policy.accessLifetimeMs / 1000),
  };
}
