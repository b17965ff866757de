import type { Encryption, KeyAuditEntry } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';

export interface KeyDocument {
  /** The session id: a session has one key, for ever. */
  _id: string;
  key_id: string;
  algorithm: Encryption['algorithm'];
  /** `lucid-key:v2:…`, the private half; overwritten when the key is destroyed. The public half follows from it. */
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

/** One row per use of a key, under its log id. */
export interface AuditDocument extends Omit<KeyAuditEntry, 'log_id'> {
  _id: string;
}

export const auditDefinition = defineCollection<AuditDocument>('key_audit_logs', [
  { key: { session_id: 1, at: -1 } },
  { key: { at: 1 } },
]);
