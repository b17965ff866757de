// Blocks: a signed header over a list of transactions.
import { merkleRoot } from '@lucid/merkle';
import { type Static, Type } from 'typebox';
import { MAX_TRANSACTIONS_PER_BLOCK } from './block-limits.ts';
import { canonicalHash } from './canonical-json.ts';
import { type SigningKey, signHash } from './ed25519.ts';
import { LedgerError } from './ledger-error.ts';
import {
  Count,
  HashHex,
  NETWORK,
  PROTOCOL_VERSION,
  SignatureHex,
  Timestamp,
  timestampOf,
  ZERO_HASH,
} from './primitives.ts';
import { epochAt, slotAt } from './slots.ts';
import { Transaction, txHash, type UnsignedTransaction } from './transaction.ts';

/** Entity id of a node or pool. */
export const ValidatorId = Type.String({ minLength: 1, maxLength: 128 });

/** What is hashed and signed. `genesis_hash` says which chain it is; in the genesis block itself it is 64 zeros. */
export const BlockHeader = Type.Object(
  {
    protocol_version: Type.Literal(PROTOCOL_VERSION),
    network: Type.Literal(NETWORK),
    genesis_hash: HashHex,
    height: Count,
    previous_hash: HashHex,
    merkle_root: HashHex,
    timestamp: Timestamp,
    slot: Count,
    epoch: Count,
    fallback_index: Type.Integer({ minimum: 0, maximum: 5 }),
    nonce: Type.Literal(0),
    difficulty: Type.Literal(1),
    transaction_count: Type.Integer({ minimum: 0, maximum: MAX_TRANSACTIONS_PER_BLOCK }),
    validator: ValidatorId,
  },
  { additionalProperties: false },
);
export type BlockHeader = Static<typeof BlockHeader>;

/** A header with its hash and the validator's signature over the raw hash: all that a successor or a proof needs. */
export const SignedHeader = Type.Object(
  { header: BlockHeader, hash: HashHex, signature: SignatureHex },
  { additionalProperties: false },
);
export type SignedHeader = Static<typeof SignedHeader>;

export const Block = Type.Object(
  {
    header: BlockHeader,
    hash: HashHex,
    signature: SignatureHex,
    transactions: Type.Array(Transaction, { maxItems: MAX_TRANSACTIONS_PER_BLOCK }),
  },
  { additionalProperties: false },
);
export type Block = Static<typeof Block>;

/** block hash = SHA-256(canonical header), 64 hex. */
export function blockHash(header: BlockHeader): string {
  return canonicalHash(header);
}

/** Merkle root over the transaction hashes in block order; 64 zeros for an empty block. */
export function transactionsRoot(transactions: readonly UnsignedTransaction[]): string {
  return rootOfHashes(transactions.map(txHash));
}

/** The same from hashes that are known. */
export function rootOfHashes(txHashes: readonly string[]): string {
  return txHashes.length === 0 ? ZERO_HASH : merkleRoot(txHashes);
}

export interface NextBlockInput {
  readonly parent: SignedHeader;
  readonly transactions: readonly Transaction[];
  /** Milliseconds since 1970; later than the parent's. Slot and epoch follow from it. */
  readonly timestampMs: number;
  readonly validator: string;
  /** 0 for the primary leader, k for the k-th fallback. @default 0 */
  readonly fallbackIndex?: number;
  /** Of the transactions, in their order. @default computed */
  readonly txHashes?: readonly string[];
}

/** The header that follows `parent`. Throws `bad_block` for too many transactions. */
export function nextHeader(input: NextBlockInput): BlockHeader {
  const { parent, transactions, timestampMs } = input;
  if (transactions.length > MAX_TRANSACTIONS_PER_BLOCK) {
    throw new LedgerError(
      'bad_block',
      `${transactions.length} transactions, at most ${MAX_TRANSACTIONS_PER_BLOCK}`,
    );
  }
  return {
    protocol_version: PROTOCOL_VERSION,
    network: NETWORK,
    genesis_hash: genesisHashAfter(parent),
    height: parent.header.height + 1,
    previous_hash: parent.hash,
    merkle_root: input.txHashes ? rootOfHashes(input.txHashes) : transactionsRoot(transactions),
    timestamp: timestampOf(timestampMs),
    slot: slotAt(timestampMs),
    epoch: epochAt(timestampMs),
    fallback_index: input.fallbackIndex ?? 0,
    nonce: 0,
    difficulty: 1,
    transaction_count: transactions.length,
    validator: input.validator,
  };
}

/** The `genesis_hash` that a successor of this block carries. */
export function genesisHashAfter(parent: SignedHeader): string {
  return parent.header.height === 0 ? parent.hash : parent.header.genesis_hash;
}

/** The block with its hash and the key's signature over it. */
export function signBlock(header: BlockHeader, transactions: readonly Transaction[], key: SigningKey): Block {
  const hash = blockHash(header);
  return { header, hash, signature: signHash(hash, key), transactions: [...transactions] };
}

/** The signed block that follows `parent`. */
export function nextBlock(input: NextBlockInput & { readonly key: SigningKey }): Block {
  return signBlock(nextHeader(input), input.transactions, input.key);
}
