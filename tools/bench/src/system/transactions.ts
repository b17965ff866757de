import { randomBytes, randomUUID } from 'node:crypto';
import { generateSigningKey, signTransaction, type Transaction, timestampOf } from '@lucid/ledger';

/** `count` signed transactions of one key, each with a hundred bytes to say, as of now. */
export function signedTransactions(count: number): Transaction[] {
  const key = generateSigningKey(randomBytes);
  return Array.from({ length: count }, () =>
    signTransaction(
      {
        tx_id: randomUUID(),
        type: 'data_storage',
        data: { note: randomBytes(36).toString('hex'), size_bytes: 1024 },
        timestamp: timestampOf(Date.now()),
      },
      key,
    ),
  );
}
