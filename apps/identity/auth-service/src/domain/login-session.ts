import { isSameHash } from './refresh-token.ts';

/**
 * ```
 *              refresh with the current token
 *                    ┌──────┐
 *   login            │      ▼
 *  ───────▶  active ─┴──▶ active ── not used for 7 days ──▶ expired ── 1 day ──▶ (forgotten)
 *                           │                                                        ▲
 *                           ├── logout                                               │
 *                           ├── an older refresh token comes back                    │
 *                           ├── one login too many                                   │
 *                           └── the user is no longer active ──▶ revoked ── 1 day after expiry
 * ```
 * expired and revoked are final: no refresh leads back. A revoked session is in the revocation feed as long as one of its
 * access tokens could still be good.
 */
export type LoginSessionState = 'active' | 'expired' | 'revoked';

export type RevocationReason = 'logout' | 'refresh_reused' | 'too_many_sessions' | 'user_not_active';

export interface LoginSession {
  sessionId: string;
  userId: string;
  /** SHA-256 of the current refresh secret. */
  refreshHash: string;
  /** `tokenVersion` of the user at login; an older one means that all sessions were ended since. */
  tokenVersion: number;
  ipAddress: string;
  userAgent: string;
  createdAt: Date;
  lastActivity: Date;
  expiresAt: Date;
  revokedAt?: Date;
  revokedReason?: RevocationReason;
}

export function loginSessionState(session: LoginSession, nowMs: number): LoginSessionState {
  if (session.revokedAt) return 'revoked';
  return session.expiresAt.getTime() <= nowMs ? 'expired' : 'active';
}

export type RefreshJudgement = 'rotate' | 'dead' | 'reused';

/**
 * What a presented refresh secret means for its session. Any other than the current one of a live session can only be an older
 * one, for nobody guesses 256 bits: somebody else has used it before.
 */
export function judgeRefresh(session: LoginSession, presentedHash: string, nowMs: number): RefreshJudgement {
  if (loginSessionState(session, nowMs) !== 'active') return 'dead';
  return isSameHash(session.refreshHash, presentedHash) ? 'rotate' : 'reused';
}

/** Which sessions have to go so that at most `max` stay: the least recently used. @param live active ones, in any order */
export function sessionsOverLimit(live: readonly LoginSession[], max: number): LoginSession[] {
  const newestFirst = live.toSorted((left, right) => +right.lastActivity - +left.lastActivity);
  return newestFirst.slice(max);
}
