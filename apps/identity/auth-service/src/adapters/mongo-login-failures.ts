import { createHash } from 'node:crypto';
import { defineCollection, isDuplicateKey } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import type { FailureRecord } from '../domain/lockout.ts';
import type { LoginFailures } from '../domain/ports.ts';

export interface LoginFailureDocument {
  /** SHA-256 of the submitted address: people also type passwords into that field. */
  _id: string;
  failures: number;
  ends_at: Date;
}

export const loginFailuresCollection = defineCollection<LoginFailureDocument>('login_failures', [
  { key: { ends_at: 1 }, name: 'forget', expireAfterSeconds: 0 },
]);

const idOf = (email: string): string => createHash('sha256').update(email).digest('hex');
const AFTER = { returnDocument: 'after' } as const;

export class MongoLoginFailures implements LoginFailures {
  readonly #records: Collection<LoginFailureDocument>;

  constructor(records: Collection<LoginFailureDocument>) {
    this.#records = records;
  }

  async find(email: string, at: Date): Promise<FailureRecord | undefined> {
    const document = await this.#records.findOne({ _id: idOf(email), ends_at: { $gt: at } });
    return document ? fromDocument(document) : undefined;
  }

  async add(email: string, at: Date, cooldownMs: number): Promise<FailureRecord> {
    const _id = idOf(email);
    for (;;) {
      const live = { _id, ends_at: { $gt: at } };
      const counted = await this.#records.findOneAndUpdate(live, { $inc: { failures: 1 } }, AFTER);
      if (counted) return fromDocument(counted);
      const begun = await this.#begin(_id, at, cooldownMs);
      if (begun) return begun;
    }
  }

  async lock(email: string, at: Date, cooldownMs: number): Promise<void> {
    const ends_at = new Date(+at + cooldownMs);
    await this.#records.updateOne({ _id: idOf(email) }, { $set: { ends_at } });
  }

  async clear(email: string): Promise<void> {
    await this.#records.deleteOne({ _id: idOf(email) });
  }

  /** A new record in place of none or of one that has ended; nothing when another call was first. */
  async #begin(_id: string, at: Date, cooldownMs: number): Promise<FailureRecord | undefined> {
    const record = { failures: 1, ends_at: new Date(+at + cooldownMs) };
    try {
      const ended = { _id, ends_at: { $lte: at } };
      await this.#records.updateOne(ended, { $set: record }, { upsert: true });
      return fromDocument(record);
    } catch (error) {
      if (isDuplicateKey(error)) return undefined;
      throw error;
    }
  }
}

const fromDocument = ({ failures, ends_at }: Omit<LoginFailureDocument, '_id'>): FailureRecord => ({
  failures,
  endsAt: ends_at,
});
