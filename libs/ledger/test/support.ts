import {
  type GenesisConfig,
  type SigningKey,
  signingKeyFromSeed,
  signTransaction,
  type Transaction,
} from '../src/index.ts';

export const keyA: SigningKey = signingKeyFromSeed('01'.repeat(32));
export const keyB: SigningKey = signingKeyFromSeed('02'.repeat(32));

export const CONFIG: GenesisConfig = {
  version: '1',
  created_at: '2026-01-01T00:00:00.000Z',
  validators: [
    { validator: 'node-a', public_key: keyA.publicKey },
    { validator: 'node-b', public_key: keyB.publicKey },
  ],
};

export const uuid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

export function aTransaction(
  n = 1,
  over: Partial<Pick<Transaction, 'type' | 'data' | 'timestamp'>> = {},
): Transaction {
  const draft = {
    tx_id: uuid(n),
    type: 'data_storage' as const,
    data: { n },
    timestamp: '2026-01-02T03:04:05.678Z',
  };
  return signTransaction({ ...draft, ...over }, keyA);
}

export const anchorData = {
  session_id: uuid(77),
  merkle_root: 'ab'.repeat(32),
  manifest_hash: 'cd'.repeat(32),
  chunk_count: 3,
  total_size: 1000,
  owner_ref: 'ef'.repeat(32),
  created_at: '2026-01-02T03:04:05.678Z',
};

export const checkpointData = {
  kind: 'session_checkpoint',
  session_id: uuid(77),
  sequence: 1,
  chunk_count: 0,
  merkle_root: '0'.repeat(64),
  total_size: 0,
  previous: '0'.repeat(64),
  owner_ref: 'ef'.repeat(32),
  recorded_at: '2026-01-02T03:04:05.678Z',
};
