import { seededRandom } from '@lucid/clock';
import { describe, expect, it } from 'vitest';
import { lockedForMs, locksNow } from '../src/domain/lockout.ts';
import {
  judgeRefresh,
  type LoginSession,
  loginSessionState,
  sessionsOverLimit,
} from '../src/domain/login-session.ts';
import { OneAtATime } from '../src/domain/one-at-a-time.ts';
import { passwordProblems } from '../src/domain/password-rules.ts';
import { ARGON2_COST, formatPhc, parsePhc } from '../src/domain/phc.ts';
import {
  formatRefreshToken,
  newRefreshSecret,
  parseRefreshToken,
  refreshHash,
} from '../src/domain/refresh-token.ts';
import { parseCursor, REVOCATION_PAGE, revocationPage } from '../src/domain/revocation-page.ts';
import { deriveSigningKey, isPublishedSecret } from '../src/domain/signing-key.ts';

const random = seededRandom('rules');
const NOW_MS = Date.UTC(2026, 0, 1);

const aSession = (change: Partial<LoginSession> = {}): LoginSession => ({
  sessionId: random.uuid(),
  userId: random.uuid(),
  refreshHash: refreshHash('current'),
  tokenVersion: 0,
  ipAddress: '',
  userAgent: '',
  createdAt: new Date(NOW_MS),
  lastActivity: new Date(NOW_MS),
  expiresAt: new Date(NOW_MS + 1000),
  ...change,
});

describe('password rules', () => {
  it.each([
    ['Aa1aaaaaaaaa', 0],
    ['Ünïcödé-Wörter-9', 0],
    [`Aa1${'x'.repeat(125)}`, 0],
    [`Aa1${'x'.repeat(126)}`, 1],
    ['Aa1aaaaaaaa', 1],
    ['aaaaaaaaaaa1', 1],
    ['AAAAAAAAAAA1', 1],
    ['Aaaaaaaaaaaa', 1],
    ['', 4],
  ])('find in %s %i problems', (password, count) => {
    expect(passwordProblems(password)).toHaveLength(count);
  });
});

describe('PHC strings', () => {
  it('come back as they went, with the cost inside', () => {
    const given = { cost: ARGON2_COST, salt: random.bytes(16), hash: random.bytes(32) };
    const text = formatPhc(given);
    expect(text).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$=]+\$[^$=]+$/);
    expect(parsePhc(text)).toEqual(given);
  });

  it('of another kind are refused without being quoted', () => {
    expect(() => parsePhc('$2b$12$abcdefghij')).toThrow(
      /^a stored password hash is not an argon2id PHC string$/,
    );
  });
});

describe('refresh tokens', () => {
  it('name their session and carry 256 bits', () => {
    const token = { sessionId: random.uuid(), secret: newRefreshSecret(random) };
    expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
    expect(Buffer.from(token.secret, 'base64url')).toHaveLength(32);
  });

  it.each(['', '.', 'abc', 'a.b', `${random.uuid()}.short`, `${random.uuid()}.${'!'.repeat(43)}`])(
    'that read "%s" are none',
    (text) => expect(parseRefreshToken(text)).toBeUndefined(),
  );
});

describe('a login session', () => {
  it('is active until it expires or is revoked', () => {
    const session = aSession();
    expect(loginSessionState(session, NOW_MS)).toBe('active');
    expect(loginSessionState(session, NOW_MS + 1000)).toBe('expired');
    expect(loginSessionState({ ...session, revokedAt: new Date(NOW_MS) }, NOW_MS)).toBe('revoked');
  });

  it('turns a token over once, takes any other for a reuse, and does nothing once dead', () => {
    const session = aSession();
    expect(judgeRefresh(session, refreshHash('current'), NOW_MS)).toBe('rotate');
    expect(judgeRefresh(session, refreshHash('older'), NOW_MS)).toBe('reused');
    expect(judgeRefresh(session, refreshHash('current'), NOW_MS + 1000)).toBe('dead');
    expect(judgeRefresh({ ...session, revokedAt: new Date() }, refreshHash('older'), NOW_MS)).toBe('dead');
  });

  it('least recently used goes first when there are too many', () => {
    const sessions = [3, 1, 2].map((ago) => aSession({ lastActivity: new Date(NOW_MS - ago) }));
    expect(sessionsOverLimit(sessions, 2)).toEqual([sessions[0]]);
    expect(sessionsOverLimit(sessions, 3)).toEqual([]);
  });
});

describe('lockout', () => {
  const policy = { maxFailures: 5, cooldownMs: 1000 };
  const endsAt = new Date(NOW_MS + 1000);
  it('begins with the fifth failure and ends by itself', () => {
    expect(lockedForMs(undefined, policy, NOW_MS)).toBe(0);
    expect(lockedForMs({ failures: 4, endsAt }, policy, NOW_MS)).toBe(0);
    expect(lockedForMs({ failures: 5, endsAt }, policy, NOW_MS)).toBe(1000);
    expect(lockedForMs({ failures: 5, endsAt }, policy, NOW_MS + 1000)).toBe(0);
    expect([4, 5, 6].map((failures) => locksNow({ failures, endsAt }, policy))).toEqual([false, true, false]);
  });
});

describe('the signing key', () => {
  it('is the same for every replica with the same secret, and another for another', async () => {
    const one = await deriveSigningKey('x'.repeat(32));
    const same = await deriveSigningKey('x'.repeat(32));
    const other = await deriveSigningKey('y'.repeat(32));
    expect(same.publicJwk).toEqual(one.publicJwk);
    expect(other.kid).not.toBe(one.kid);
    expect(Object.keys(one.publicJwk)).not.toContain('d');
  });

  it('is not made of less than 32 bytes', async () => {
    await expect(deriveSigningKey('x'.repeat(31))).rejects.toThrow('32 bytes');
    expect(isPublishedSecret('dev-jwt-secret-change-in-production')).toBe(true);
  });
});

describe('revocation pages', () => {
  const LIFETIME_MS = 900_000;
  it('begin with the oldest revocation that still matters', () => {
    const oldest = { revokedMs: NOW_MS - LIFETIME_MS - 60_000, sessionId: '' };
    for (const text of [undefined, '', 'nonsense', '5.', '1e3.'])
      expect(parseCursor(text, NOW_MS, LIFETIME_MS)).toEqual(oldest);
  });

  it('tell the last ten seconds again, for entries that appear late', () => {
    const { cursor } = revocationPage([], NOW_MS, LIFETIME_MS);
    expect(parseCursor(cursor, NOW_MS, LIFETIME_MS)).toEqual({ revokedMs: NOW_MS - 10_000, sessionId: '' });
  });

  it('that are full go on behind their last entry', () => {
    const entries = Array.from({ length: REVOCATION_PAGE }, () => ({
      sessionId: random.uuid(),
      revokedAt: new Date(NOW_MS - 5000),
    }));
    const { cursor, revocations } = revocationPage(entries, NOW_MS, LIFETIME_MS);
    expect(parseCursor(cursor, NOW_MS, LIFETIME_MS)).toEqual({
      revokedMs: NOW_MS - 5000,
      sessionId: entries.at(-1)?.sessionId,
    });
    expect(Date.parse(revocations[0]?.expires_at ?? '')).toBe(NOW_MS - 5000 + LIFETIME_MS + 60_000);
  });
});

describe('one at a time', () => {
  it('keeps order within a key, goes on after a failure, and forgets idle keys', async () => {
    const queue = new OneAtATime();
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    const failing = queue.run('a', async () => {
      await first.promise;
      seen.push('a1');
      throw new Error('boom');
    });
    const second = queue.run('a', async () => void seen.push('a2'));
    await queue.run('b', async () => void seen.push('b1'));
    expect(seen).toEqual(['b1']);
    first.resolve();
    await expect(failing).rejects.toThrow('boom');
    await second;
    expect(seen).toEqual(['b1', 'a1', 'a2']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.size).toBe(0);
  });
});
