import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { logout } from '../src/domain/logout.ts';
import { passwordLogin } from '../src/domain/password-login.ts';
import { refresh } from '../src/domain/refresh.ts';
import { register } from '../src/domain/register.ts';
import { ALICE, memoryWorld, ORIGIN, PASSWORD } from './memory-world.ts';

const WRONG = { email: ALICE.email, password: 'wrong' };
const BAD_CREDENTIALS = { code: 2001, status: 401 };
const LOCKED = { code: 2005, status: 423 };
const REFRESH_INVALID = { code: 2010, status: 401 };

async function withAlice() {
  const all = await memoryWorld();
  const alice = await register(all.world, ALICE, ORIGIN);
  const login = (email = ALICE.email, password = PASSWORD) =>
    passwordLogin(all.world, { email, password }, ORIGIN);
  return { ...all, all, alice, login };
}

describe('registering', () => {
  it('stores e-mail and username in lower case, a hash, and the weakest role', async () => {
    const { alice } = await withAlice();
    expect(alice).toMatchObject({
      email: 'alice@example.org',
      username: 'alice',
      role: 'user',
      status: 'active',
    });
    expect(alice.passwordHash).not.toBe(PASSWORD);
  });

  it('says which field is taken, whatever its case', async () => {
    const { world } = await withAlice();
    const again = (change: object) => register(world, { ...ALICE, ...change }, ORIGIN);
    await expect(again({ email: 'ALICE@example.ORG', username: 'other' })).rejects.toMatchObject({
      code: 4002,
      details: { field: 'email' },
    });
    await expect(again({ email: 'other@example.org', username: 'ALICE' })).rejects.toMatchObject({
      details: { field: 'username' },
    });
  });

  it('refuses a weak password and says why', async () => {
    const { world } = await memoryWorld();
    await expect(register(world, { ...ALICE, password: 'short' }, ORIGIN)).rejects.toMatchObject({
      code: 1007,
      details: { problems: expect.arrayContaining(['has no digit']) },
    });
  });

  it('makes the configured address super_admin exactly once', async () => {
    const { world, events } = await memoryWorld();
    const root = { email: 'Root@Example.org', username: 'root', password: PASSWORD };
    expect(await register(world, root, ORIGIN)).toMatchObject({ role: 'super_admin' });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'super_admin_bootstrapped', severity: 'critical' }),
    );
    const later = { ...world, policy: { ...world.policy, superAdminEmail: 'second@example.org' } };
    const second = { email: 'second@example.org', username: 'second', password: PASSWORD };
    expect(await register(later, second, ORIGIN)).toMatchObject({ role: 'user' });
  });
});

describe('signing in', () => {
  it('gives a token with the claims the platform agreed on', async () => {
    const { world, clock, login, alice } = await withAlice();
    const { access_token, refresh_token, expires_in, token_type, user } = await login();
    const { payload, protectedHeader } = await jwtVerify(
      access_token,
      async () => world.key.privateKey && (await publicKeyOf(world.key.publicJwk)),
      { currentDate: new Date(clock.nowMs()), issuer: 'lucid-auth-service', audience: 'lucid' },
    );
    const now = clock.nowMs() / 1000;
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: world.key.kid });
    expect(payload).toEqual({
      jti: expect.any(String),
      sub: alice.userId,
      sid: refresh_token.split('.')[0],
      role: 'user',
      ver: 0,
      type: 'access',
      iat: now,
      nbf: now,
      exp: now + 900,
      iss: 'lucid-auth-service',
      aud: 'lucid',
    });
    expect({ expires_in, token_type }).toEqual({ expires_in: 900, token_type: 'Bearer' });
    expect(user.last_login).toBe(new Date(clock.nowMs()).toISOString());
  });

  it('answers an unknown address, a wrong password and an inactive account alike, hashing each time', async () => {
    const { all, login, alice, users } = await withAlice();
    await expect(login('nobody@example.org')).rejects.toMatchObject(BAD_CREDENTIALS);
    await expect(login(ALICE.email, 'wrong')).rejects.toMatchObject(BAD_CREDENTIALS);
    users.set(alice.userId, { ...alice, status: 'suspended' });
    await expect(login()).rejects.toMatchObject(BAD_CREDENTIALS);
    expect(all.verifications).toBe(3);
  });

  it('locks an address after five wrong passwords, known or not, without looking at the sixth', async () => {
    for (const email of [ALICE.email, 'nobody@example.org']) {
      const { all, login, clock, counted, events } = await withAlice();
      for (let attempt = 1; attempt <= 5; attempt++)
        await expect(login(email, 'wrong')).rejects.toMatchObject(BAD_CREDENTIALS);
      await expect(login(email)).rejects.toMatchObject({ ...LOCKED, headers: { 'retry-after': '900' } });
      await expect(login(email.toUpperCase())).rejects.toMatchObject(LOCKED);
      expect(all.verifications).toBe(5);
      expect(counted.filter((line) => line === 'lockout')).toHaveLength(1);
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'account_locked', severity: 'critical' }),
      );
      await clock.advance(899_999);
      await expect(login(email)).rejects.toMatchObject(LOCKED);
      await clock.advance(1);
      if (email === ALICE.email) await expect(login(email)).resolves.toBeDefined();
      else await expect(login(email)).rejects.toMatchObject(BAD_CREDENTIALS);
    }
  });

  it('forgets failures after a right password', async () => {
    const { login } = await withAlice();
    for (let round = 0; round < 3; round++) {
      for (let attempt = 1; attempt <= 4; attempt++)
        await expect(login(WRONG.email, WRONG.password)).rejects.toMatchObject(BAD_CREDENTIALS);
      await login();
    }
  });

  it('gives a burst of guesses no more tries than five', async () => {
    const { all, login } = await withAlice();
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => login(ALICE.email, 'wrong')));
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 0));
    expect(codes.filter((code) => code === 2001)).toHaveLength(5);
    expect(codes.filter((code) => code === 2005)).toHaveLength(45);
    expect(all.verifications).toBe(5);
  });

  it('keeps five login sessions and ends the least recently used one', async () => {
    const { login, clock, world, sessions } = await withAlice();
    const tokens: string[] = [];
    for (let index = 0; index < 5; index++) {
      tokens.push((await login()).refresh_token);
      await clock.advance(1000);
    }
    tokens[0] = (await refresh(world, tokens[0] ?? '', ORIGIN)).refresh_token;
    await clock.advance(1000);
    await login();
    const revoked = [...sessions.values()].filter(({ revokedAt }) => revokedAt);
    expect(revoked.map(({ sessionId }) => sessionId)).toEqual([tokens[1]?.split('.')[0]]);
    expect(revoked[0]?.revokedReason).toBe('too_many_sessions');
  });
});

describe('refreshing', () => {
  it('gives new tokens of the same session, with the role of today', async () => {
    const { login, world, users, alice } = await withAlice();
    const first = await login();
    users.set(alice.userId, { ...alice, role: 'admin' });
    const second = await refresh(world, first.refresh_token, ORIGIN);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(decodeJwt(second.access_token)).toMatchObject({
      sid: decodeJwt(first.access_token).sid,
      role: 'admin',
    });
    await expect(refresh(world, second.refresh_token, ORIGIN)).resolves.toBeDefined();
  });

  it('with a used token ends the session and leaves a critical event', async () => {
    const { login, world, events, sessions } = await withAlice();
    const { refresh_token } = await login();
    const newer = await refresh(world, refresh_token, ORIGIN);
    await expect(refresh(world, refresh_token, ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
    await expect(refresh(world, newer.refresh_token, ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
    expect([...sessions.values()][0]?.revokedReason).toBe('refresh_reused');
    expect(events.filter(({ type }) => type === 'refresh_reused')).toEqual([
      expect.objectContaining({ severity: 'critical', success: false }),
    ]);
  });

  it('is refused when the token is malformed, unknown, expired, or the user is gone or signed out everywhere', async () => {
    const { login, world, clock, users, alice } = await withAlice();
    await expect(refresh(world, 'nonsense', ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
    const unknown = `${world.random.uuid()}.${'a'.repeat(43)}`;
    await expect(refresh(world, unknown, ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
    const { refresh_token: expiring } = await login();
    await clock.advance(7 * 86_400_000);
    await expect(refresh(world, expiring, ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
    const { refresh_token: suspended } = await login();
    users.set(alice.userId, { ...alice, status: 'suspended' });
    await expect(refresh(world, suspended, ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
    users.set(alice.userId, alice);
    const { refresh_token: outdated } = await login();
    users.set(alice.userId, { ...alice, tokenVersion: 1 });
    await expect(refresh(world, outdated, ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
  });
});

describe('signing out', () => {
  const request = { loginSessionId: undefined, refreshToken: undefined, all: false };

  it('ends the session of the call, or that of the refresh token, or all', async () => {
    const { login, world, alice } = await withAlice();
    const [one, two] = [await login(), await login()];
    await login();
    await login();
    const userId = alice.userId;
    const loginSessionId = String(decodeJwt(one.access_token).sid);
    expect(await logout(world, { ...request, userId, loginSessionId }, ORIGIN)).toBe(1);
    expect(await logout(world, { ...request, userId, loginSessionId }, ORIGIN)).toBe(0);
    expect(await logout(world, { ...request, userId, refreshToken: two.refresh_token }, ORIGIN)).toBe(1);
    expect(await logout(world, { ...request, userId, all: true }, ORIGIN)).toBe(2);
    await expect(refresh(world, one.refresh_token, ORIGIN)).rejects.toMatchObject(REFRESH_INVALID);
  });

  it('leaves the sessions of others alone', async () => {
    const { login, world } = await withAlice();
    const { refresh_token } = await login();
    const userId = world.random.uuid();
    expect(await logout(world, { ...request, userId, refreshToken: refresh_token }, ORIGIN)).toBe(0);
    await expect(refresh(world, refresh_token, ORIGIN)).resolves.toBeDefined();
  });

  it('wants to know which session', async () => {
    const { world, alice } = await withAlice();
    await expect(logout(world, { ...request, userId: alice.userId }, ORIGIN)).rejects.toMatchObject({
      code: 1002,
    });
  });
});

async function publicKeyOf(jwk: Record<string, unknown>) {
  const { createPublicKey } = await import('node:crypto');
  return createPublicKey({ key: jwk, format: 'jwk' });
}
