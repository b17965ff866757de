import { seededRandom } from '@lucid/clock';
import { FakeClock } from '@lucid/testing';
import type { FailureRecord } from '../src/domain/lockout.ts';
import type { LoginSession } from '../src/domain/login-session.ts';
import { OneAtATime } from '../src/domain/one-at-a-time.ts';
import type { Policy } from '../src/domain/policy.ts';
import type { SecurityEvent } from '../src/domain/security-event.ts';
import { deriveSigningKey } from '../src/domain/signing-key.ts';
import type { User } from '../src/domain/user.ts';
import type { World } from '../src/domain/world.ts';

export const ORIGIN = {
  ipAddress: '10.0.0.1',
  userAgent: 'test',
  requestId: '99999999-9999-4999-8999-999999999999',
};
export const PASSWORD = 'Correct-Horse-7-Battery';
export const ALICE = { email: 'Alice@Example.org', username: 'Alice', password: PASSWORD };

const POLICY: Policy = {
  accessLifetimeMs: 900_000,
  refreshLifetimeMs: 7 * 86_400_000,
  maxSessionsPerUser: 5,
  lockout: { maxFailures: 5, cooldownMs: 900_000 },
  superAdminEmail: 'root@example.org',
};

/** The use cases over maps, with passwords that cost nothing. */
export async function memoryWorld(policy: Partial<Policy> = {}) {
  const clock = new FakeClock();
  const users = new Map<string, User>();
  const sessions = new Map<string, LoginSession>();
  const failures = new Map<string, FailureRecord>();
  const events: SecurityEvent[] = [];
  const counted: string[] = [];
  let verifications = 0;
  let superAdmins = 0;
  const isLive = (session: LoginSession, at: Date) => !session.revokedAt && session.expiresAt > at;

  const world: World = {
    users: {
      insert: async (user) => {
        const all = [...users.values()];
        if (all.some(({ email }) => email === user.email)) return 'email';
        if (all.some(({ username }) => username === user.username)) return 'username';
        users.set(user.userId, user);
        return undefined;
      },
      byId: async (id) => users.get(id),
      byEmail: async (wanted) => [...users.values()].find(({ email }) => email === wanted),
      recordLogin: async (id, at) => patch(users, id, { lastLogin: at }),
      makeFirstSuperAdmin: async (id) => {
        if (superAdmins++ > 0) return false;
        patch(users, id, { role: 'super_admin' });
        return true;
      },
      raiseTokenVersion: async (id) =>
        patch(users, id, { tokenVersion: (users.get(id)?.tokenVersion ?? 0) + 1 }),
    },
    loginSessions: {
      insert: async (session) => void sessions.set(session.sessionId, session),
      byId: async (id) => sessions.get(id),
      listLive: async (userId, at) =>
        [...sessions.values()].filter((session) => session.userId === userId && isLive(session, at)),
      rotate: async (id, { from, to, at, expiresAt }) => {
        const session = sessions.get(id);
        if (!session || session.refreshHash !== from || !isLive(session, at)) return false;
        patch(sessions, id, { refreshHash: to, lastActivity: at, expiresAt });
        return true;
      },
      revoke: async (id, revokedReason, revokedAt) => {
        if (sessions.get(id)?.revokedAt) return false;
        patch(sessions, id, { revokedAt, revokedReason });
        return true;
      },
      listRevoked: async () => [],
    },
    loginFailures: {
      find: async (email, at) => {
        const record = failures.get(email);
        return record && record.endsAt > at ? record : undefined;
      },
      add: async (email, at, cooldownMs) => {
        const known = failures.get(email);
        const record =
          known && known.endsAt > at
            ? { ...known, failures: known.failures + 1 }
            : { failures: 1, endsAt: new Date(+at + cooldownMs) };
        failures.set(email, record);
        return record;
      },
      lock: async (email, at, cooldownMs) => patch(failures, email, { endsAt: new Date(+at + cooldownMs) }),
      clear: async (email) => void failures.delete(email),
    },
    passwords: {
      hash: async (password) => `hashed:${password}`,
      verify: async (password, phc) => {
        verifications++;
        return phc === `hashed:${password}`;
      },
    },
    events: { record: async (event) => void events.push(event) },
    outcomes: {
      attempt: (method, result) => counted.push(`${method} ${result}`),
      refresh: (result) => counted.push(`refresh ${result}`),
      lockout: () => counted.push('lockout'),
    },
    logins: new OneAtATime(),
    key: await deriveSigningKey('a secret of the tests, 32 bytes long'),
    policy: { ...POLICY, ...policy },
    clock,
    random: seededRandom('auth'),
  };
  return {
    world,
    clock,
    users,
    sessions,
    events,
    counted,
    get verifications() {
      return verifications;
    },
  };
}

function patch<Value>(map: Map<string, Value>, key: string, change: Partial<Value>): void {
  const known = map.get(key);
  if (known) map.set(key, { ...known, ...change });
}
