import { defineCollection, isDuplicateKey } from '@lucid/mongo';
import type { Role } from '@lucid/service';
import type { Collection } from 'mongodb';
import type { Users } from '../domain/ports.ts';
import type { User, UserStatus } from '../domain/user.ts';

export interface UserDocument {
  _id: string;
  email: string;
  username: string;
  password_hash: string;
  role: Role;
  status: UserStatus;
  token_version: number;
  created_at: Date;
  updated_at: Date;
  last_login?: Date;
  /** Set on the one account that was made super_admin by the configuration. */
  bootstrap?: 'super_admin';
}

/** Accounts that sign in by other means will lack e-mail or username: unique where there is one. */
const whereText = (field: string) => ({ [field]: { $type: 'string' } });

export const usersCollection = defineCollection<UserDocument>('users', [
  { key: { email: 1 }, name: 'email', unique: true, partialFilterExpression: whereText('email') },
  { key: { username: 1 }, name: 'username', unique: true, partialFilterExpression: whereText('username') },
  { key: { bootstrap: 1 }, name: 'bootstrap', unique: true, partialFilterExpression: whereText('bootstrap') },
]);

export class MongoUsers implements Users {
  readonly #users: Collection<UserDocument>;

  constructor(users: Collection<UserDocument>) {
    this.#users = users;
  }

  async insert(user: User): Promise<'email' | 'username' | undefined> {
    try {
      await this.#users.insertOne(toDocument(user));
      return undefined;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return 'email' in ((error.keyPattern as object | undefined) ?? {}) ? 'email' : 'username';
    }
  }

  async byId(userId: string): Promise<User | undefined> {
    return fromDocument(await this.#users.findOne({ _id: userId }));
  }

  async byEmail(email: string): Promise<User | undefined> {
    return fromDocument(await this.#users.findOne({ email }));
  }

  async recordLogin(userId: string, at: Date): Promise<void> {
    await this.#users.updateOne({ _id: userId }, { $set: { last_login: at } });
  }

  async makeFirstSuperAdmin(userId: string, at: Date): Promise<boolean> {
    try {
      const { modifiedCount } = await this.#users.updateOne(
        { _id: userId, bootstrap: { $exists: false } },
        { $set: { role: 'super_admin', bootstrap: 'super_admin', updated_at: at } },
      );
      return modifiedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false; // somebody was made super_admin before
      throw error;
    }
  }

  async raiseTokenVersion(userId: string, at: Date): Promise<void> {
    await this.#users.updateOne({ _id: userId }, { $inc: { token_version: 1 }, $set: { updated_at: at } });
  }
}

const toDocument = (user: User): UserDocument => ({
  _id: user.userId,
  email: user.email,
  username: user.username,
  password_hash: user.passwordHash,
  role: user.role,
  status: user.status,
  token_version: user.tokenVersion,
  created_at: user.createdAt,
  updated_at: user.updatedAt,
});

const fromDocument = (document: UserDocument | null): User | undefined =>
  document
    ? {
        userId: document._id,
        email: document.email,
        username: document.username,
        passwordHash: document.password_hash,
        role: document.role,
        status: document.status,
        tokenVersion: document.token_version,
        createdAt: document.created_at,
        updatedAt: document.updated_at,
        ...(document.last_login ? { lastLogin: document.last_login } : {}),
      }
    : undefined;
