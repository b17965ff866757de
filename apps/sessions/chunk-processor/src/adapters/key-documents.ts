import { createHash } from 'node:crypto';
import { defineCollection } from '@lucid/mongo';

export interface KeyDocument {
  /** The session id: a session has one key, for ever. */
  _id: string;
  key_id: string;
  algorithm: 'AES-256-GCM';
  /** `lucid-key:v1:…`; overwritten when the key is destroyed. */
  wrapped_key: string;
  /** Says which key-encryption key opens it, without saying anything about that key. */
  kek_id: string;
  rotation_count: number;
  created_at: string;
  destroyed_at?: string;
}

/** No TTL: a key that vanishes makes a recording unreadable. */
export const keysDefinition = defineCollection<KeyDocument>('encryption_keys', [
  { key: { key_id: 1 }, unique: true },
  { key: { destroyed_at: 1, kek_id: 1 } },
]);

/** First 16 hex digits of SHA-256 over a label and the key. */
export const kekIdOf = (kek: Buffer): string =>
  createHash('sha256').update('lucid-kek-id:').update(kek).digest('hex').slice(0, 16);
