import { defineCollection } from '@lucid/mongo';
import type { Collection, WithId } from 'mongodb';
import type { LoginSession, RevocationReason } from '../domain/login-session.ts';
import type { LoginSessions } from '../domain/ports.ts';
import type { RevocationCursor, Revoked } from '../domain/revocation-page.ts';

export interface LoginSessionDocument {
  _id: string;
  user_id: string;
  /** SHA-256, hex. */
  refresh_hash: string;
  token_version: number;
  ip_address: string;
  user_agent: string;
  created_at: Date;
  last_activity: Date;
  expires_at: Date;
  revoked_at?: Date;
  revoked_reason?: RevocationReason;
}

/** A day after their expiry they are forgotten: by then no access token of theirs is good, and the feed has told of them. */
const FORGET_AFTER_S = 86_400;

export const loginSessionsCollection = defineCollection<LoginSessionDocument>('auth_sessions', [
  { key: { user_id: 1, last_activity: -1 }, name: 'user' },
  { key: { revoked_at: 1, _id: 1 }, name: 'revoked' },
  { key: { expires_at: 1 }, name: 'forget', expireAfterSeconds: FORGET_AFTER_S },
]);

const NOT_REVOKED = { revoked_at: { $exists: false } };

export class MongoLoginSessions implements LoginSessions {
  readonly #sessions: Collection<LoginSessionDocument>;

  constructor(sessions: Collection<LoginSessionDocument>) {
    this.#sessions = sessions;
  }

  async insert(session: LoginSession): Promise<void> {
    await this.#sessions.insertOne({
      _id: session.sessionId,
      user_id: session.userId,
      refresh_hash: session.refreshHash,
      token_version: session.tokenVersion,
      ip_address: session.ipAddress,
      user_agent: session.userAgent,
      created_at: session.createdAt,
      last_activity: session.lastActivity,
      expires_at: session.expiresAt,
    });
  }

  async byId(sessionId: string): Promise<LoginSession | undefined> {
    const document = await this.#sessions.findOne({ _id: sessionId });
    return document ? fromDocument(document) : undefined;
  }

  async listLive(userId: string, at: Date): Promise<LoginSession[]> {
    const filter = { user_id: userId, expires_at: { $gt: at }, ...NOT_REVOKED };
    return (await this.#sessions.find(filter).toArray()).map(fromDocument);
  }

  async rotate(
    sessionId: string,
    { from, to, at, expiresAt }: { from: string; to: string; at: Date; expiresAt: Date },
  ): Promise<boolean> {
    const { modifiedCount } = await this.#sessions.updateOne(
      { _id: sessionId, refresh_hash: from, expires_at: { $gt: at }, ...NOT_REVOKED },
      { $set: { refresh_hash: to, last_activity: at, expires_at: expiresAt } },
    );
    return modifiedCount === 1;
  }

  async revoke(sessionId: string, reason: RevocationReason, at: Date): Promise<boolean> {
    const { modifiedCount } = await this.#sessions.updateOne(
      { _id: sessionId, ...NOT_REVOKED },
      { $set: { revoked_at: at, revoked_reason: reason } },
    );
    return modifiedCount === 1;
  }

  async listRevoked({ revokedMs, sessionId }: RevocationCursor, limit: number): Promise<Revoked[]> {
    const since = new Date(revokedMs);
    const documents = await this.#sessions
      .find({ $or: [{ revoked_at: { $gt: since } }, { revoked_at: since, _id: { $gt: sessionId } }] })
      .project<{ _id: string; revoked_at: Date }>({ revoked_at: 1 })
      .sort({ revoked_at: 1, _id: 1 })
      .limit(limit)
      .toArray();
    return documents.map(({ _id, revoked_at }) => ({ sessionId: _id, revokedAt: revoked_at }));
  }
}

const fromDocument = (document: WithId<LoginSessionDocument>): LoginSession => ({
  sessionId: document._id,
  userId: document.user_id,
  refreshHash: document.refresh_hash,
  tokenVersion: document.token_version,
  ipAddress: document.ip_address,
  userAgent: document.user_agent,
  createdAt: document.created_at,
  lastActivity: document.last_activity,
  expiresAt: document.expires_at,
  ...(document.revoked_at ? { revokedAt: document.revoked_at } : {}),
  ...(document.revoked_reason ? { revokedReason: document.revoked_reason } : {}),
});
