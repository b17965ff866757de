import type { FailureRecord } from './lockout.ts';
import type { LoginSession, RevocationReason } from './login-session.ts';
import type { Origin } from './origin.ts';
import type { RevocationCursor, Revoked } from './revocation-page.ts';
import type { SecurityEvent } from './security-event.ts';
import type { User } from './user.ts';

/** What the use cases need from outside; adapters fulfil it, tests fake it. */
export interface Users {
  /** @returns the field that is taken, or nothing when the user was inserted */
  insert(user: User): Promise<'email' | 'username' | undefined>;
  byId(userId: string): Promise<User | undefined>;
  byEmail(email: string): Promise<User | undefined>;
  recordLogin(userId: string, at: Date): Promise<void>;
  /** Makes a user super_admin if nobody ever was made one this way. @returns whether it happened now */
  makeFirstSuperAdmin(userId: string, at: Date): Promise<boolean>;
  raiseTokenVersion(userId: string, at: Date): Promise<void>;
}

export interface LoginSessions {
  insert(session: LoginSession): Promise<void>;
  byId(sessionId: string): Promise<LoginSession | undefined>;
  /** Active ones of a user. */
  listLive(userId: string, at: Date): Promise<LoginSession[]>;
  /**
   * Replaces the refresh hash if it is still `from` and the session is live.
   * @returns false when it was not: someone else was first
   */
  rotate(
    sessionId: string,
    change: { from: string; to: string; at: Date; expiresAt: Date },
  ): Promise<boolean>;
  /** @returns false when it was revoked already */
  revoke(sessionId: string, reason: RevocationReason, at: Date): Promise<boolean>;
  /** Oldest first, at most `limit`. */
  listRevoked(after: RevocationCursor, limit: number): Promise<Revoked[]>;
}

export interface LoginFailures {
  find(email: string, at: Date): Promise<FailureRecord | undefined>;
  /** Counts one more; the record ends `cooldownMs` after its first failure. */
  add(email: string, at: Date, cooldownMs: number): Promise<FailureRecord>;
  /** The lock begins: the record ends `cooldownMs` after now. */
  lock(email: string, at: Date, cooldownMs: number): Promise<void>;
  clear(email: string): Promise<void>;
}

export interface Passwords {
  /** @returns a PHC string @throws UNAVAILABLE when too many are waiting */
  hash(password: string): Promise<string>;
  /** Takes as long for no hash at all as for a wrong password. @throws UNAVAILABLE when too many are waiting */
  verify(password: string, phc: string | undefined): Promise<boolean>;
}

export interface SecurityEvents {
  /** Never rejects: what cannot be stored is logged. */
  record(event: SecurityEvent, origin: Origin): Promise<void>;
}

/** Counters that tell how the use cases end. */
export interface Outcomes {
  attempt(method: 'register' | 'password', result: 'ok' | 'refused' | 'locked'): void;
  refresh(result: 'ok' | 'invalid' | 'reused'): void;
  lockout(): void;
}
