import { ENCRYPTION_ALGORITHM, publicKeyOf, unwrapKey, wrapKey } from '@lucid/chunk-codec';
import { isoTime } from '@lucid/clock';
import type { SealingKey } from '@lucid/contracts';
import type { Instruments } from '@lucid/metrics';
import { addNew } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Collection } from 'mongodb';
import type { Asker } from '../domain/deed.ts';
import type { KekRing } from '../domain/kek-ring.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import type { KeyAudit } from './key-audit.ts';
import type { KeyDocument } from './key-documents.ts';

const PRIVATE_KEY_BYTES = 32;
const LIVING = { destroyed_at: { $exists: false } } as const;

export interface SessionKeysOptions {
  collection: Collection<KeyDocument>;
  keks: KekRing;
  audit: KeyAudit;
  context: Pick<ServiceContext, 'clock' | 'random' | 'logger'>;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

/** The private half of a session's key pair. Whoever asked overwrites it. */
export interface PrivateKey {
  keyId: string;
  privateKey: Buffer;
}

/**
 * The keys of sessions: minted here, wrapped here, destroyed here. Nobody else holds the key-encryption key. Unwrapped keys
 * are not cached: unwrapping takes microseconds, and the record has to be looked at anyway to know that the key still lives.
 */
export class SessionKeys {
  readonly #options: SessionKeysOptions;
  #hasForeignKeys = false;

  constructor(options: SessionKeysOptions) {
    this.#options = options;
  }

  /** @throws 7152 when a living key was wrapped with a key-encryption key that is not ours */
  async checkKeks(): Promise<void> {
    const { collection, keks, instruments, context } = this.#options;
    if (await collection.findOne({ ...LIVING, kek_id: { $nin: keks.ids } })) throw errors.KEY_NOT_OURS();
    if (!keks.previous) return;
    const left = await collection.countDocuments({ ...LIVING, kek_id: keks.previous.id });
    instruments.session_keys_under_previous_kek.set(left);
    context.logger.info({ keys: left }, 'keys that only ENCRYPTION_KEY_PREVIOUS opens');
  }

  /** True once a session key was met that none of our key-encryption keys opens. */
  get hasForeignKeys(): boolean {
    return this.#hasForeignKeys;
  }

  /**
   * Mints the key pair of a session, once; the public half is answered ever after.
   * @throws 7151 when it was destroyed, 7152, 7160
   */
  async create(sessionId: string, asker: Asker): Promise<{ key: SealingKey; isNew: boolean }> {
    const { collection, audit, context, instruments } = this.#options;
    const known = await collection.findOne({ _id: sessionId });
    if (known) return { key: await this.#sealingKey(known, asker), isNew: false };
    const privateKey = context.random.bytes(PRIVATE_KEY_BYTES);
    try {
      const fresh = this.#document(sessionId, privateKey);
      const deed = { ...asker, event: 'key_created', sessionId } as const;
      if (!(await audit.record(deed, () => addNew(collection, fresh)))) return this.create(sessionId, asker);
      instruments.session_keys_created_total.inc();
      context.logger.info({ session_id: sessionId, key_id: fresh.key_id, event: deed.event }, 'key');
      return { key: sealingKey(fresh.key_id, privateKey), isNew: true };
    } finally {
      privateKey.fill(0);
    }
  }

  /**
   * The key to open chunks with; the record is looked at every time, so that a destroyed key is gone everywhere at once.
   * @throws 7150, 7151, 7152
   */
  async open(sessionId: string, asker: Asker): Promise<PrivateKey> {
    const known = await this.#options.collection.findOne({ _id: sessionId });
    if (!known) throw errors.KEY_NOT_FOUND();
    return this.#unwrap(known, asker);
  }

  /** Destroys the key for ever, also one that was never minted. Idempotent. @throws 7160 */
  async shred(sessionId: string, asker: Asker): Promise<void> {
    const { collection, audit, context, instruments } = this.#options;
    const known = await collection.findOne({ _id: sessionId });
    if (known?.destroyed_at) return;
    const deed = { ...asker, event: 'key_destroyed', sessionId } as const;
    const destroyed = { wrapped_key: 'destroyed', destroyed_at: isoTime(context.clock) };
    const tombstone = { ...this.#document(sessionId, Buffer.alloc(PRIVATE_KEY_BYTES)), ...destroyed };
    const wasLiving = await audit.record(deed, async () => {
      if (!known && (await addNew(collection, tombstone))) return true;
      const { matchedCount } = await collection.updateOne({ _id: sessionId, ...LIVING }, { $set: destroyed });
      return matchedCount === 1;
    });
    if (!wasLiving) return;
    instruments.session_keys_destroyed_total.inc();
    context.logger.info({ session_id: sessionId, event: deed.event }, 'key');
  }

  async #sealingKey(known: KeyDocument, asker: Asker): Promise<SealingKey> {
    const { keyId, privateKey } = await this.#unwrap(known, asker);
    try {
      return sealingKey(keyId, privateKey);
    } finally {
      privateKey.fill(0);
    }
  }

  async #unwrap(known: KeyDocument, asker: Asker): Promise<PrivateKey> {
    if (known.destroyed_at) throw errors.KEY_DESTROYED();
    const { keks } = this.#options;
    const { _id: sessionId, key_id: keyId, wrapped_key: wrapped } = known;
    const kek = keks.find(known.kek_id);
    if (!kek) {
      this.#hasForeignKeys = true;
      throw errors.KEY_NOT_OURS();
    }
    const privateKey = unwrapKey({ keyId, sessionId, wrapped, kek: kek.bytes });
    if (kek !== keks.current) await this.#rewrap(known, privateKey, asker);
    return { keyId, privateKey };
  }

  /** Wraps a key with the current key-encryption key. That it fails is no reason not to use the key: the next use tries again. */
  async #rewrap(known: KeyDocument, privateKey: Buffer, asker: Asker): Promise<void> {
    const { collection, audit, keks, instruments, context } = this.#options;
    const { _id: sessionId, key_id: keyId, wrapped_key, kek_id } = known;
    const renewed = { wrapped_key: this.#wrap(keyId, sessionId, privateKey), kek_id: keks.current.id };
    try {
      await audit.record({ ...asker, event: 'key_rewrapped', sessionId }, async () => {
        const { matchedCount } = await collection.updateOne(
          { _id: sessionId, wrapped_key, kek_id, ...LIVING },
          { $set: renewed, $inc: { rotation_count: 1 } },
        );
        instruments.session_keys_rewrapped_total.inc(matchedCount);
        instruments.session_keys_under_previous_kek.dec(matchedCount);
      });
    } catch (error) {
      context.logger.warn({ session_id: sessionId, reason: String(error) }, 'key not wrapped anew');
    }
  }

  #wrap(keyId: string, sessionId: string, privateKey: Buffer): string {
    const { keks, context } = this.#options;
    const randomBytes = (size: number) => context.random.bytes(size);
    return wrapKey({ keyId, sessionId, privateKey, kek: keks.current.bytes, randomBytes });
  }

  #document(sessionId: string, privateKey: Buffer): KeyDocument {
    const { keks, context } = this.#options;
    const keyId = context.random.uuid();
    return {
      _id: sessionId,
      key_id: keyId,
      algorithm: ENCRYPTION_ALGORITHM,
      wrapped_key: this.#wrap(keyId, sessionId, privateKey),
      kek_id: keks.current.id,
      rotation_count: 0,
      created_at: isoTime(context.clock),
    };
  }
}

const sealingKey = (keyId: string, privateKey: Buffer): SealingKey => ({
  key_id: keyId,
  algorithm: ENCRYPTION_ALGORITHM,
  public_key: publicKeyOf(privateKey).toString('hex'),
});
