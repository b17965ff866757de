import type { Transaction, TransactionDigest } from '@lucid/ledger';

/** Bytes of one signature to look at: hash (32), signature (64), public key (32). */
export const SIGNATURE_BYTES = 128;

/** What the threads of the chain do. */
export type ChainJob =
  /** Flat, since copying bytes to a thread costs a tenth of copying objects. Answers one byte each, 1 where it holds. */
  | { kind: 'signatures'; packed: Uint8Array }
  | { kind: 'digests'; transactions: readonly Transaction[] }
  /** Hashes of 32 bytes each, in memory that both sides see: of what the tree is over, or leaves that were hashed before. */
  | { kind: 'tree'; hashes: Uint8Array<SharedArrayBuffer>; are: 'items' | 'leaves' };

/** A Merkle tree; `levels[0]` are the leaves. */
export interface TreeAnswer {
  root: string;
  height: number;
  leafCount: number;
  levels: Uint8Array[];
}

export type ChainAnswer = Uint8Array | TransactionDigest[] | TreeAnswer;
