import type { Clock } from '@lucid/clock';
import { alignMempool } from './catch-up.ts';
import type { Ledger } from './ledger.ts';

export const SWEEP_EVERY_MS = 5 * 60_000;
export const PENDING_EXPIRY_MS = 24 * 3_600_000;
const BATCH = 1000;

/** Drops what has waited for a day, and mends the queue. For the writer alone, between two blocks. @returns how many were dropped */
export async function sweep(ledger: Ledger, clock: Clock): Promise<number> {
  await alignMempool(ledger);
  const expired = await ledger.mempool.receivedBefore(clock.nowMs() - PENDING_EXPIRY_MS, BATCH);
  for (const { _id } of expired)
    await ledger.transactions.drop(_id, 'expired: no block took it within 24 hours');
  await ledger.mempool.remove(expired.map(({ _id }) => _id));
  return expired.length;
}
