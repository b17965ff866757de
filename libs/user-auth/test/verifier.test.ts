import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { aKey, bearer, LOGIN_SESSION_ID, setup, USER_ID } from './helpers.ts';

const BAD_CREDENTIALS = expect.objectContaining({ code: 2001, status: 401 });
const TOKEN_EXPIRED = expect.objectContaining({ code: 2002, status: 401 });
const TOKEN_INVALID = expect.objectContaining({ code: 2003, status: 401 });

const outcome = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error;
  }
};

describe('access tokens', () => {
  it('tells who the user is', async () => {
    const { users, clock } = setup();
    const header = await bearer({ nowMs: clock.nowMs(), claims: { role: 'admin' } });
    expect(await users.verify(header)).toMatchObject({
      id: USER_ID,
      role: 'admin',
      loginSessionId: LOGIN_SESSION_ID,
    });
  });

  it('answers a known token at once and without another look at the keys', async () => {
    const { users, clock, auth } = setup();
    const header = await bearer({ nowMs: clock.nowMs() });
    await users.verify(header);
    auth.isDown = true;
    expect(users.verify(header)).toMatchObject({ id: USER_ID });
    expect(auth.keyRequests).toBe(1);
  });

  it('says that a token is missing, for any header that holds none', async () => {
    const { users } = setup();
    for (const header of [undefined, '', 'Bearer', 'Basic abc', 'Bearer a b'])
      expect(await outcome(() => users.verify(header))).toEqual(BAD_CREDENTIALS);
  });

  it('says that a token has expired, cached or not', async () => {
    const { users, clock } = setup();
    const header = await bearer({ nowMs: clock.nowMs(), lifetimeS: 60 });
    await users.verify(header);
    await clock.advance(59_999);
    expect(users.verify(header)).toMatchObject({ id: USER_ID });
    await clock.advance(1);
    expect(await outcome(() => users.verify(header))).toEqual(TOKEN_EXPIRED);
    expect(await outcome(() => users.verify(header))).toEqual(TOKEN_EXPIRED);
    const late = await bearer({ nowMs: clock.nowMs() - 61_000, lifetimeS: 60 });
    expect(await outcome(() => users.verify(late))).toEqual(TOKEN_EXPIRED);
  });

  it.each([
    ['another issuer', { iss: 'lucid-api-gateway' }],
    ['another audience', { aud: 'lucid-services' }],
    ['another type', { type: 'refresh' }],
    ['an unknown role', { role: 'root' }],
    ['a user id that is none', { sub: 'me' }],
    ['no login session', { sid: undefined }],
    ['no expiry', { exp: undefined }],
    ['a start in the future', { nbf: 4_000_000_000 }],
  ])('refuses a token with %s', async (_what, claims) => {
    const { users, clock } = setup();
    const header = await bearer({ nowMs: clock.nowMs(), claims });
    expect(await outcome(() => users.verify(header))).toEqual(TOKEN_INVALID);
  });

  it('refuses what is forged, altered, unsigned, signed with another algorithm, too long, or no token at all', async () => {
    const { users, clock } = setup();
    const nowMs = clock.nowMs();
    const good = await bearer({ nowMs });
    const [head = '', body = '', signature = ''] = good.split('.');
    const otherBody = (await bearer({ nowMs, claims: { role: 'super_admin' } })).split('.')[1];
    const none = `Bearer ${Buffer.from('{"alg":"none","kid":"first"}').toString('base64url')}.${body}.`;
    const hs256 = await new SignJWT({ sub: USER_ID })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(Buffer.from(String(aKey('first').jwk.x)));
    const forged = await bearer({ nowMs, key: { ...aKey('mallory'), kid: 'first' } });
    const bad = [
      `${head}.${otherBody}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      none,
      `Bearer ${hs256}`,
      forged,
      'Bearer not-a-token',
      'Bearer a.b.c',
      `Bearer ${'x'.repeat(5000)}`,
    ];
    for (const header of bad) expect(await outcome(() => users.verify(header))).toEqual(TOKEN_INVALID);
  });

  it('counts how checks end', async () => {
    const { users, clock, registry } = setup();
    await users.verify(await bearer({ nowMs: clock.nowMs() }));
    await outcome(() => users.verify(undefined));
    const text = await registry.metrics();
    expect(text).toContain('lucid_auth_token_validations_total{result="ok"} 1');
    expect(text).toContain('lucid_auth_token_validations_total{result="missing"} 1');
  });
});

describe('keys', () => {
  it('are fetched anew for an unknown one, at most once a second', async () => {
    const { users, clock, auth } = setup();
    await users.verify(await bearer({ nowMs: clock.nowMs() }));
    const second = aKey('second');
    auth.keys = [second];
    const header = await bearer({ nowMs: clock.nowMs(), key: second });
    expect(await outcome(() => users.verify(header))).toEqual(TOKEN_INVALID);
    expect(auth.keyRequests).toBe(1);
    await clock.advance(1000);
    expect(await users.verify(header)).toMatchObject({ id: USER_ID });
    expect(auth.keyRequests).toBe(2);
  });

  it('make cached tokens bad when they are withdrawn', async () => {
    const { users, clock, auth } = setup();
    const header = await bearer({ nowMs: clock.nowMs() });
    await users.verify(header);
    auth.keys = [aKey('second')];
    await clock.advance(1000);
    await outcome(async () => users.verify(await bearer({ nowMs: clock.nowMs(), key: aKey('second') })));
    expect(await outcome(() => users.verify(header))).toEqual(TOKEN_INVALID);
  });

  it('stay in force while the auth service is down, and an empty list is no list', async () => {
    const { users, clock, auth } = setup();
    const header = await bearer({ nowMs: clock.nowMs() });
    await users.verify(header);
    auth.keys = [];
    await clock.advance(1000);
    await outcome(async () => users.verify(await bearer({ nowMs: clock.nowMs(), key: aKey('second') })));
    expect(await users.verify(header)).toMatchObject({ id: USER_ID });
  });

  it('that were never fetched make it unavailable, not the token invalid', async () => {
    const { users, clock, auth } = setup();
    auth.isDown = true;
    const header = await bearer({ nowMs: clock.nowMs() });
    expect(await outcome(() => users.verify(header))).toMatchObject({ status: 503 });
  });
});
