import type { TransactionRecord } from '@lucid/contracts';
import { canonicalHash, MAX_AGE_AT_SUBMISSION_MS, type TransactionType } from '@lucid/ledger';
import type { Delivery } from './delivery.ts';

/** A transaction this close to the engine's age limit would arrive too late. */
const AGE_MARGIN_MS = 60_000;

/** Blocks on top of the one with the transaction that make it final. */
export const FINAL_DEPTH = 6;

/** The engine that answers may be another one than took it: that long a transaction may take from one to the other. */
const LOST_AFTER_MS = 2000;

export type Task = 'expire' | 'sign' | 'ask' | 'send' | 'watch' | 'finalize' | 'rest';

export const isTooOldToSend = (signedAtMs: number, nowMs: number): boolean =>
  nowMs - signedAtMs > MAX_AGE_AT_SUBMISSION_MS - AGE_MARGIN_MS;

export const isExpired = ({ status, expires_at_ms }: Delivery, nowMs: number): boolean =>
  status === 'pending' && nowMs >= expires_at_ms;

/** Just delivered: that an engine does not know it means nothing yet. */
export const isOnItsWay = ({ delivered_at_ms }: Delivery, nowMs: number): boolean =>
  delivered_at_ms !== undefined && nowMs - delivered_at_ms < LOST_AFTER_MS;

/**
 * What has to be done next for a delivery.
 * - `sign`: it has no transaction yet. `send`: the engine has not confirmed that it took it
 * - `ask`: too late to send it; before anything else the engine has to say whether it knows it
 * - `watch`: the engine has it. `finalize`: a block has it
 */
export function nextTask(document: Delivery, nowMs: number): Task {
  const { status, finalized, transaction, delivered_at_ms } = document;
  if (status === 'confirmed') return finalized ? 'rest' : 'finalize';
  if (status !== 'pending' && status !== 'processing') return 'rest';
  if (!transaction) return isExpired(document, nowMs) ? 'expire' : 'sign';
  if (delivered_at_ms !== undefined) return 'watch';
  const isTooLate = isExpired(document, nowMs) || isTooOldToSend(transaction.signed_at_ms, nowMs);
  return isTooLate ? 'ask' : 'send';
}

export type Sighting =
  | { is: 'confirmed'; height: number; hash: string; at: string }
  | { is: 'waiting' }
  | { is: 'dropped'; reason: string }
  | { is: 'foreign' };

/**
 * What the engine's record under our transaction id means. Ours is what says the same, whenever it was signed: an earlier
 * signature may have arrived after all.
 */
export function sight(
  record: TransactionRecord,
  ours: { type: TransactionType; data: Record<string, unknown> },
): Sighting {
  const { status, block_height, block_hash, confirmed_at, reason, transaction } = record;
  const isOurs =
    transaction.type === ours.type && canonicalHash(transaction.data) === canonicalHash(ours.data);
  if (!isOurs) return { is: 'foreign' };
  if (status === 'dropped' || status === 'failed')
    return { is: 'dropped', reason: reason ?? 'without a reason' };
  if (status === 'confirmed' && block_height !== undefined && block_hash !== undefined)
    return {
      is: 'confirmed',
      height: block_height,
      hash: block_hash,
      at: confirmed_at ?? record.submitted_at,
    };
  return { is: 'waiting' };
}
