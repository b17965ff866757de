import {
  type Block,
  blockHash,
  genesisBlock,
  nextHeader,
  type SignedHeader,
  type SigningKey,
  signingKeyFromSeed,
  signTransaction,
  slotStartMs,
  type Transaction,
  timestampOf,
  ZERO_SIGNATURE,
} from '@lucid/ledger';
import type { SystemPayload, TallyEntry, TaskProofData, TaskProofType } from '../src/index.ts';

/** Epoch 100 begins at 2024-04-10T00:00:00Z. */
export const EPOCH = 100;
export const FIRST_SLOT = EPOCH * 720;

export const keyOf = (n: number): SigningKey => signingKeyFromSeed(Buffer.alloc(32, n));
export const uuid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
export const names = (n: number) =>
  Array.from({ length: n }, (_, i) => `v${(i + 1).toString().padStart(2, '0')}`);

/** Validators v01, v02, … with the keys 1, 2, …; the genesis block lies in the given slot. */
export function genesisOf(validators: number, slot = FIRST_SLOT): Block {
  return genesisBlock({
    version: '1',
    created_at: timestampOf(slotStartMs(slot)),
    validators: names(validators).map((validator, i) => ({ validator, public_key: keyOf(i + 1).publicKey })),
  });
}

let count = 0;

/** A `system` transaction, signed. */
export function systemTx(data: SystemPayload | Record<string, unknown>, key: SigningKey): Transaction {
  const timestamp = '2026-01-02T03:04:05.678Z';
  return signTransaction({ tx_id: uuid(++count), type: 'system', data: { ...data }, timestamp }, key);
}

/** The same without the cost of a signature: a state does not look at it. */
export function unsignedTx(data: SystemPayload | Record<string, unknown>, key: SigningKey): Transaction {
  return {
    tx_id: uuid(++count),
    type: 'system',
    data: { ...data },
    public_key: key.publicKey,
    timestamp: '2026-01-02T03:04:05.678Z',
    signature: ZERO_SIGNATURE,
  };
}

/** What is left of a value after it was stored as JSON. */
export const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export interface NextInput {
  readonly slot: number;
  readonly validator?: string;
  readonly fallbackIndex?: number;
  readonly transactions?: readonly Transaction[];
}

/** The block after `parent` in this slot, a second later than the parent where both are in one slot. */
export function blockAfter(parent: SignedHeader, input: NextInput): Block {
  const { slot, validator = 'v01', fallbackIndex = 0, transactions = [] } = input;
  const timestampMs = Math.max(slotStartMs(slot), Date.parse(parent.header.timestamp) + 1000);
  const header = nextHeader({ parent, transactions, timestampMs, validator, fallbackIndex });
  if (header.slot !== slot) throw new Error(`the slot ${slot} has no second left`);
  return { header, hash: blockHash(header), signature: ZERO_SIGNATURE, transactions: [...transactions] };
}

export const beacon = (node_id: string, slot: number, uptime_seconds = 120): TaskProofData => ({
  kind: 'task_proof',
  node_id,
  slot,
  type: 'uptime_beacon',
  value: { uptime_seconds },
});

export const relay = (node_id: string, slot: number, sessions_relayed: number): TaskProofData => ({
  kind: 'task_proof',
  node_id,
  slot,
  type: 'relay_bandwidth',
  value: { bytes_transferred: 0, sessions_relayed },
});

export const storage = (node_id: string, slot: number, chunks_stored: number): TaskProofData => ({
  kind: 'task_proof',
  node_id,
  slot,
  type: 'storage_availability',
  value: { chunks_stored, size_bytes: 0 },
});

export const validation = (node_id: string, slot: number, validated_sessions: number): TaskProofData => ({
  kind: 'task_proof',
  node_id,
  slot,
  type: 'validation_signature',
  value: { validated_sessions },
});

export const proofOfType: Readonly<
  Record<TaskProofType, (node: string, slot: number, n: number) => TaskProofData>
> = {
  uptime_beacon: (node, slot, n) => beacon(node, slot, n % 121),
  relay_bandwidth: relay,
  storage_availability: storage,
  validation_signature: validation,
};

/** Entries of a tally in which these are eligible, in this order. */
export function ranked(entities: readonly string[]): TallyEntry[] {
  return entities.map((entity_id, index) => ({
    entity_id,
    rank: index + 1,
    eligible: true,
    credits: 1,
    relay: 1,
    storage: 0,
    validation: 0,
    uptime_millionths: 1_000_000,
    live_millionths: 1_000_000,
  }));
}
