import type { BlockSummary } from '@lucid/contracts';
import {
  type Block,
  type BlockHeader,
  type Certificate,
  canonicalJson,
  type SignedHeader,
} from '@lucid/ledger';
import { uuidOfHash } from './uuid-of-hash.ts';

/**
 * A block as it is kept. Its insertion is the one commit point: `_id` is the height, so there is one block per height
 * whoever else may think to be the writer. Transactions stand in their own collection; only their order is kept here.
 */
export interface BlockDocument {
  _id: number;
  hash: string;
  header: BlockHeader;
  signature: string;
  /** The votes that confirmed it. The genesis block has none, nor have the blocks of a sole validator that are older than votes. */
  certificate?: Certificate;
  transaction_ids: string[];
  /** Of the canonical text of the whole block. */
  size_bytes: number;
  /** On the chain up to and with this block. */
  total_transactions: number;
  /** Number of the lease under which it was written. */
  fence: number;
  created_at: string;
}

export interface BlockContext {
  parent: Pick<BlockDocument, 'total_transactions'> | undefined;
  fence: number;
  createdAt: string;
  certificate?: Certificate | undefined;
}

export function toBlockDocument(
  block: Block,
  { parent, fence, createdAt, certificate }: BlockContext,
): BlockDocument {
  return {
    _id: block.header.height,
    hash: block.hash,
    header: block.header,
    signature: block.signature,
    ...(certificate ? { certificate } : {}),
    transaction_ids: block.transactions.map((transaction) => transaction.tx_id),
    size_bytes: Buffer.byteLength(canonicalJson(block)),
    total_transactions: (parent?.total_transactions ?? 0) + block.transactions.length,
    fence,
    created_at: createdAt,
  };
}

export const toSignedHeader = ({ header, hash, signature }: SignedHeader): SignedHeader => ({
  header,
  hash,
  signature,
});

export function toBlockSummary(document: Omit<BlockDocument, 'transaction_ids'>): BlockSummary {
  const { header, hash, size_bytes } = document;
  const { height, previous_hash, merkle_root, timestamp, transaction_count, validator, slot, epoch } = header;
  return {
    block_id: uuidOfHash(hash),
    hash,
    height,
    previous_hash,
    merkle_root,
    timestamp,
    transaction_count,
    block_size_bytes: size_bytes,
    validator,
    slot,
    epoch,
    status: 'confirmed',
  };
}
