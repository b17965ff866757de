// The words every document of the chain is spelled in.
import { type Static, Type } from 'typebox';
import { LedgerError } from './ledger-error.ts';

export const NETWORK = 'lucid_blocks';
export const PROTOCOL_VERSION = 1;

/** 64 zeros: the Merkle root of an empty block, and both parents of the genesis block. */
export const ZERO_HASH = '0'.repeat(64);

/** 128 zeros: stands where a genesis block needs no signature. */
export const ZERO_SIGNATURE = '0'.repeat(128);

/** A SHA-256: 64 lower-case hex. */
export const HashHex = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** A raw Ed25519 public key: 64 lower-case hex. */
export const PublicKeyHex = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** An Ed25519 signature: 128 lower-case hex. */
export const SignatureHex = Type.String({ pattern: '^[0-9a-f]{128}$' });

export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});

/** RFC 3339 UTC with milliseconds, the only spelling that is hashed. */
export const Timestamp = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
export type Timestamp = Static<typeof Timestamp>;

/** A count or size: 0 to 2^53 − 1, so that JSON numbers carry it without loss. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Milliseconds since 1970 of a timestamp, or undefined for days that do not exist and other spellings. */
export function timestampMs(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isFinite(ms) && new Date(ms).toISOString() === text ? ms : undefined;
}

/** The one spelling of an instant. Throws `bad_timestamp` outside the years 0 to 9999. */
export function timestampOf(ms: number): Timestamp {
  const text = Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : '';
  if (text.length !== 24)
    throw new LedgerError('bad_timestamp', `${ms} ms is no instant of the years 0 to 9999`);
  return text;
}
