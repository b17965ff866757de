import { type Random, seededRandom } from '@lucid/clock';
import {
  type SessionAnchorData,
  type SigningKey,
  signingKeyFromSeed,
  signTransaction,
  slotAt,
  type Transaction,
  timestampOf,
} from '@lucid/ledger';
import type { TaskProofData } from '@lucid/poot';

export const ENGINE = 'lucid-blockchain-engine';
export const VALIDATOR_SEED = '01'.repeat(32);
export const NODE_ID = '0a'.repeat(16);
export const validatorKey: SigningKey = signingKeyFromSeed(VALIDATOR_SEED);
export const clientKey: SigningKey = signingKeyFromSeed('02'.repeat(32));

export const environment = {
  BLOCKCHAIN_VALIDATOR_KEY: VALIDATOR_SEED,
  BLOCKCHAIN_NODE_ID: NODE_ID,
  BLOCK_TIME_SECONDS: '1',
  // Transactions of its own, which tests that count would have to know.
  UPTIME_BEACONS: 'false',
};

/** Makes signed transactions with ids from a seed. */
export function transactionMaker(seed: number | string, nowMs: () => number = Date.now) {
  const random: Random = seededRandom(seed);
  return {
    random,
    plain: (
      over: Partial<Pick<Transaction, 'type' | 'data' | 'tx_id' | 'timestamp'>> = {},
      key = clientKey,
    ) =>
      signTransaction(
        {
          tx_id: random.uuid(),
          type: 'data_storage',
          data: { note: random.uuid() },
          timestamp: timestampOf(nowMs()),
          ...over,
        },
        key,
      ),
    /** What the validator proves of itself. */
    beacon(over: Partial<TaskProofData> = {}, key = validatorKey): Transaction {
      const data = {
        kind: 'task_proof',
        node_id: NODE_ID,
        slot: slotAt(nowMs()),
        type: 'uptime_beacon',
        value: { uptime_seconds: 60 },
        ...over,
      };
      return this.plain({ type: 'system', data }, key);
    },
    anchor(over: Partial<SessionAnchorData> = {}): Transaction {
      const hex = () => random.bytes(32).toString('hex');
      const data: SessionAnchorData = {
        session_id: random.uuid(),
        merkle_root: hex(),
        manifest_hash: hex(),
        chunk_count: 3,
        total_size: 1000,
        owner_ref: hex(),
        created_at: timestampOf(nowMs()),
        ...over,
      };
      return this.plain({ type: 'session_anchor', data });
    },
  };
}
