import { unwrapKey, wrapKey } from '@lucid/chunk-codec';
import { isoTime } from '@lucid/clock';
import { addNew } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Collection } from 'mongodb';
import { errors } from '../errors.ts';
import { DekCache, type SessionKey } from './dek-cache.ts';
import { type KeyDocument, kekIdOf } from './key-documents.ts';

const DEK_BYTES = 32;
const ALGORITHM = 'AES-256-GCM';

export interface SessionKeysOptions {
  collection: Collection<KeyDocument>;
  kek: Buffer;
  cacheMs: number;
  context: Pick<ServiceContext, 'clock' | 'random' | 'logger'>;
}

/** The keys of sessions: minted here, wrapped here, destroyed here. Nobody else holds the key-encryption key. */
export class SessionKeys {
  readonly #options: SessionKeysOptions;
  readonly #kekId: string;
  readonly #cache: DekCache;
  #hasForeignKeys = false;

  constructor(options: SessionKeysOptions) {
    this.#options = options;
    this.#kekId = kekIdOf(options.kek);
    this.#cache = new DekCache(options.cacheMs);
  }

  /** @throws 7152 when a living key was wrapped with another key-encryption key */
  async checkKek(): Promise<void> {
    const foreign = await this.#options.collection.findOne({
      destroyed_at: { $exists: false },
      kek_id: { $ne: this.#kekId },
    });
    if (foreign) throw errors.KEY_NOT_OURS();
  }

  /** True once a session key was met that our key-encryption key does not open. */
  get hasForeignKeys(): boolean {
    return this.#hasForeignKeys;
  }

  /**
   * Mints the key of a session, once.
   * @throws 7151 when it was destroyed
   */
  async create(sessionId: string): Promise<{ keyId: string; algorithm: string; isNew: boolean }> {
    const known = await this.#options.collection.findOne({ _id: sessionId });
    if (known) return { keyId: living(known).key_id, algorithm: known.algorithm, isNew: false };
    const dek = this.#options.context.random.bytes(DEK_BYTES);
    const fresh = this.#document(sessionId, dek);
    dek.fill(0);
    if (!(await this.#add(fresh))) return this.create(sessionId); // another instance was faster
    this.#options.context.logger.info(
      { session_id: sessionId, key_id: fresh.key_id, event: 'key_created' },
      'key',
    );
    return { keyId: fresh.key_id, algorithm: ALGORITHM, isNew: true };
  }

  /**
   * A key to encrypt with, minted when there is none. May come from memory.
   * @throws 7151, 7152
   */
  async forEncoding(sessionId: string): Promise<SessionKey> {
    const cached = this.#cache.get(sessionId);
    if (cached) return cached;
    await this.create(sessionId);
    return this.forReading(sessionId);
  }

  /**
   * A key to decrypt with; the record is looked at every time, so that a destroyed key is gone everywhere at once.
   * @throws 7150, 7151, 7152
   */
  async forReading(sessionId: string): Promise<SessionKey> {
    const known = await this.#options.collection.findOne({ _id: sessionId });
    if (!known) throw errors.KEY_NOT_FOUND();
    if (known.destroyed_at) this.#cache.wipe(sessionId);
    const { key_id: keyId, kek_id, wrapped_key: wrapped } = living(known);
    if (kek_id !== this.#kekId) {
      this.#hasForeignKeys = true;
      throw errors.KEY_NOT_OURS();
    }
    const key = { keyId, dek: unwrapKey({ keyId, sessionId, wrapped, kek: this.#options.kek }) };
    this.#cache.set(sessionId, key);
    return key;
  }

  /** Destroys the key for ever, also one that was never minted. Idempotent. @returns false when it was destroyed before */
  async shred(sessionId: string): Promise<boolean> {
    const { collection, context } = this.#options;
    this.#cache.wipe(sessionId);
    const tombstone = this.#document(sessionId, Buffer.alloc(DEK_BYTES));
    const destroyed = { wrapped_key: 'destroyed', destroyed_at: isoTime(context.clock) };
    if (!(await this.#add({ ...tombstone, ...destroyed }))) {
      const { matchedCount } = await collection.updateOne(
        { _id: sessionId, destroyed_at: { $exists: false } },
        { $set: destroyed },
      );
      if (matchedCount === 0) return false;
    }
    context.logger.info({ session_id: sessionId, event: 'key_destroyed' }, 'key');
    return true;
  }

  /** Leaves no key in memory. */
  close(): void {
    this.#cache.wipeAll();
  }

  #document(sessionId: string, dek: Buffer): KeyDocument {
    const { kek, context } = this.#options;
    const keyId = context.random.uuid();
    return {
      _id: sessionId,
      key_id: keyId,
      algorithm: ALGORITHM,
      wrapped_key: wrapKey({ keyId, sessionId, dek, kek, randomBytes: (size) => context.random.bytes(size) }),
      kek_id: this.#kekId,
      rotation_count: 0,
      created_at: isoTime(context.clock),
    };
  }

  async #add(document: KeyDocument): Promise<boolean> {
    return addNew(this.#options.collection, document);
  }
}

function living(key: KeyDocument): KeyDocument {
  if (key.destroyed_at) throw errors.KEY_DESTROYED();
  return key;
}
