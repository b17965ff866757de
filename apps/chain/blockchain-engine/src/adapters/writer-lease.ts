import type { Clock } from '@lucid/clock';
import { isDuplicateKey } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import type { WriterDocument } from './chain-state.ts';

export interface LeaseSettings {
  clock: Clock;
  /** Name of this instance. */
  holder: string;
  /** host:port of this instance. @default unknown */
  address?: string;
  leaseMs: number;
}

export interface Grant {
  /** Grows with every grant; each block carries the one it was written under. */
  fence: number;
  /** Another instance held the lease before. */
  isTakeover: boolean;
}

/**
 * Who makes blocks: one document, one holder, an expiry. The lease keeps two instances from working at the same time; that
 * no two blocks have one height, whatever the clocks say, is the unique `_id` of the blocks.
 */
export class WriterLease {
  readonly #collection: Collection<WriterDocument>;
  readonly #settings: LeaseSettings;
  #fence: number | undefined;

  constructor(collection: Collection<WriterDocument>, settings: LeaseSettings) {
    this.#collection = collection;
    this.#settings = settings;
  }

  /**
   * Takes the lease when it is free. @param isStart also when this very instance held it in its life before this one
   * @returns undefined while another instance holds it
   */
  async acquire(isStart: boolean): Promise<Grant | undefined> {
    const { clock, holder, address = '', leaseMs } = this.#settings;
    await this.#ensure();
    const nowMs = clock.nowMs();
    const isFree = { expires_at_ms: { $lte: nowMs } };
    const before = await this.#collection.findOneAndUpdate(
      isStart ? { _id: 'writer', $or: [isFree, { holder }] } : { _id: 'writer', ...isFree },
      { $set: { holder, address, expires_at_ms: nowMs + leaseMs }, $inc: { fence: 1 } },
      { returnDocument: 'before' },
    );
    if (!before) return undefined;
    this.#fence = before.fence + 1;
    return { fence: this.#fence, isTakeover: before.holder !== '' && before.holder !== holder };
  }

  /** @returns false when another instance has it now */
  async renew(): Promise<boolean> {
    const { clock, leaseMs } = this.#settings;
    return this.#expireAt(clock.nowMs() + leaseMs);
  }

  /** Where the present holder is reached; undefined when nobody holds it, or it does not say. */
  async holderAddress(): Promise<string | undefined> {
    const kept = await this.#collection.findOne({ _id: 'writer' });
    return kept && kept.expires_at_ms > this.#settings.clock.nowMs() ? kept.address || undefined : undefined;
  }

  /** Lets another instance have it at once. */
  async release(): Promise<void> {
    await this.#expireAt(0);
    this.#fence = undefined;
  }

  async #expireAt(expires_at_ms: number): Promise<boolean> {
    if (this.#fence === undefined) return false;
    const { matchedCount } = await this.#collection.updateOne(
      { _id: 'writer', holder: this.#settings.holder, fence: this.#fence },
      { $set: { expires_at_ms } },
    );
    return matchedCount === 1;
  }

  async #ensure(): Promise<void> {
    try {
      await this.#collection.updateOne(
        { _id: 'writer' },
        { $setOnInsert: { holder: '', fence: 0, expires_at_ms: 0 } },
        { upsert: true },
      );
    } catch (error) {
      if (!isDuplicateKey(error)) throw error; // another instance was faster
    }
  }
}
