import { ChunkCodecError, recipientFrom } from '@lucid/chunk-codec';
import type { SealingKey } from '@lucid/contracts';
import { errors } from '../errors.ts';

/**
 * Refuses a key that anybody could open chunks of, before a byte is recorded for it: later nobody would notice.
 * @throws 7140
 */
export function checkSealingKey({ public_key }: SealingKey): void {
  try {
    recipientFrom(Buffer.from(public_key, 'hex'));
  } catch (cause) {
    if (!(cause instanceof ChunkCodecError)) throw cause;
    throw errors.SEALING_KEY_REFUSED({ cause });
  }
}

/** The same key: of two keys for one recording, half of the chunks could not be opened with either. */
export const isSameKey = (one: SealingKey, other: SealingKey): boolean =>
  one.key_id === other.key_id && one.public_key === other.public_key && one.algorithm === other.algorithm;
