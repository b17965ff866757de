import type { authService } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { type Call, type Handlers, Reply } from '@lucid/service';
import { logout } from './domain/logout.ts';
import type { Origin } from './domain/origin.ts';
import { passwordLogin } from './domain/password-login.ts';
import { refresh } from './domain/refresh.ts';
import { register } from './domain/register.ts';
import { parseCursor, REVOCATION_PAGE, revocationPage } from './domain/revocation-page.ts';
import type { User } from './domain/user.ts';
import { userResponse } from './domain/user-response.ts';
import type { World } from './domain/world.ts';

const NO_STORE = { 'cache-control': 'no-store' };

export const routes = (world: World): Handlers<typeof authService> => ({
  register: async (call) => userResponse(await register(world, call.body, originOf(call))),
  login: async (call) => new Reply(200, await passwordLogin(world, call.body, originOf(call)), NO_STORE),
  refresh: async (call) =>
    new Reply(200, await refresh(world, call.body.refresh_token, originOf(call)), NO_STORE),
  logout: async (call) => {
    const request = {
      userId: call.user.id,
      loginSessionId: textOf(call.headers['x-login-session-id']),
      refreshToken: call.body.refresh_token,
      all: call.body.logout_all_sessions ?? false,
    };
    return { message: 'Signed out.', ended_sessions: await logout(world, request, originOf(call)) };
  },
  authStatus: async (call) => ({ authenticated: true, user: userResponse(await ownUser(world, call)) }),
  getOwnUser: async (call) => userResponse(await ownUser(world, call)),
  jwks: () => ({ keys: [world.key.publicJwk] }),
  listRevocations: async ({ query }) => {
    const nowMs = world.clock.nowMs();
    const { accessLifetimeMs } = world.policy;
    const after = parseCursor(query.after, nowMs, accessLifetimeMs);
    const revoked = await world.loginSessions.listRevoked(after, REVOCATION_PAGE);
    return revocationPage(revoked, nowMs, accessLifetimeMs);
  },
});

async function ownUser(world: World, { user }: { user: { id: string } }): Promise<User> {
  const found = await world.users.byId(user.id);
  if (!found) throw commonErrors.NOT_FOUND();
  return found;
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/** The gateway says where the client is; without it the caller itself is the client. */
function originOf({ headers, ip, requestId }: Pick<Call<never>, 'headers' | 'ip' | 'requestId'>): Origin {
  return {
    ipAddress: (textOf(headers['x-forwarded-for']) ?? ip).slice(0, 64),
    userAgent: (headers['user-agent'] ?? '').slice(0, 500),
    requestId,
  };
}
