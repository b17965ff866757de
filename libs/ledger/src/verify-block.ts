// Judges a block against its parent. Every check has its own name.
import { Compile } from 'typebox/compile';
import { Block, blockHash, genesisHashAfter, rootOfHashes, type SignedHeader } from './block.ts';
import { type BlockLimits, DEFAULT_BLOCK_LIMITS } from './block-limits.ts';
import { canonicalJson } from './canonical-json.ts';
import { verifyHash } from './ed25519.ts';
import { LedgerError } from './ledger-error.ts';
import { timestampMs } from './primitives.ts';
import { epochOfSlot, slotAt } from './slots.ts';
import type { Transaction } from './transaction.ts';
import { digestOf, type TransactionDigest } from './transaction-digest.ts';
import { firstError, verifyTransaction } from './verify-transaction.ts';

export const MAX_BLOCK_LEAD_MS = 30_000; // ahead of the judging node's clock

/** What the judging node knows. */
export interface BlockRules {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Public key of a validator, undefined for a stranger. */
  readonly publicKeyOf: (validator: string) => string | undefined;
  /** Whether this validator may lead at this slot, time and fallback index. @default yes */
  readonly mayLead?: (header: Block['header']) => boolean;
  /** Whether a transaction is in an earlier block already. @default no */
  readonly isOnChain?: (txId: string) => boolean;
  /** Whether exactly this signature under this hash was verified before, as by the mempool. @default no */
  readonly isVerified?: (txHash: string, signature: string) => boolean;
  /** Those of the chain's genesis block. @default 1 MiB, 1,000 transactions, 100 anchors */
  readonly limits?: BlockLimits;
  /** Of exactly these transactions, in their order, computed elsewhere. @default computed */
  readonly digests?: readonly TransactionDigest[];
}

const CHECKS = [
  'structure_valid',
  'size_valid',
  'height_valid',
  'previous_hash_valid',
  'genesis_hash_valid',
  'timestamp_valid',
  'slot_valid',
  'leader_valid',
  'hash_valid',
  'signature_valid',
  'merkle_root_valid',
  'transactions_valid',
] as const;
export type BlockCheck = (typeof CHECKS)[number];

/** One boolean per check, all of them false when the structure already is; `errors` says why, in the same order. */
export type BlockVerdict = Readonly<Record<BlockCheck, boolean>> & {
  readonly valid: boolean;
  readonly errors: readonly { readonly check: BlockCheck; readonly detail: string }[];
};

const blockShape = Compile(Block);

/** Judges any value as the block after `parent`. Throws nothing. */
export function verifyBlock(candidate: unknown, parent: SignedHeader, rules: BlockRules): BlockVerdict {
  if (!blockShape.Check(candidate)) {
    return verdictOf({ structure_valid: firstError(blockShape.Errors(candidate)) }, false);
  }
  const digests = rules.digests ?? digestsOf(candidate.transactions);
  if (digests === undefined)
    return verdictOf({ structure_valid: 'holds a value that has no canonical form' }, false);
  const { header, hash, signature, transactions } = candidate;
  const publicKey = rules.publicKeyOf(header.validator);
  const sizeBytes = blockBytes(candidate, digests);
  const failures: Partial<Record<BlockCheck, string | undefined>> = {
    structure_valid: unless(
      header.transaction_count === transactions.length,
      `${transactions.length} transactions, header says ${header.transaction_count}`,
    ),
    size_valid: sizeFailure(transactions, sizeBytes, rules.limits ?? DEFAULT_BLOCK_LIMITS),
    height_valid: unless(
      header.height === parent.header.height + 1,
      `height ${header.height} after ${parent.header.height}`,
    ),
    previous_hash_valid: unless(
      header.previous_hash === parent.hash,
      'previous_hash is not the hash of the parent',
    ),
    genesis_hash_valid: unless(header.genesis_hash === genesisHashAfter(parent), 'belongs to another chain'),
    ...timeFailures(header, parent, rules.nowMs),
    leader_valid: unless(
      rules.mayLead?.(header) ?? true,
      `${header.validator} may not lead slot ${header.slot}`,
    ),
    hash_valid: unless(hash === blockHash(header), 'hash is not that of the header'),
    signature_valid:
      publicKey === undefined
        ? `${header.validator} is no known validator`
        : unless(verifyHash(hash, signature, publicKey), `not signed by ${header.validator}`),
    merkle_root_valid: unless(
      header.merkle_root === rootOfHashes(digests.map(({ txHash }) => txHash)),
      'merkle_root is another one',
    ),
    transactions_valid: transactionFailure(transactions, digests, rules),
  };
  return verdictOf(failures, true);
}

function sizeFailure(
  transactions: readonly Transaction[],
  bytes: number,
  { max_block_bytes, max_transactions, max_anchors }: BlockLimits,
): string | undefined {
  const anchors = transactions.filter(({ type }) => type === 'session_anchor').length;
  return unless(
    bytes <= max_block_bytes && transactions.length <= max_transactions && anchors <= max_anchors,
    `${bytes} bytes, ${transactions.length} transactions and ${anchors} anchors, ` +
      `at most ${max_block_bytes}, ${max_transactions} and ${max_anchors}`,
  );
}

function timeFailures(header: Block['header'], parent: SignedHeader, nowMs: number) {
  const time = timestampMs(header.timestamp);
  const parentTime = timestampMs(parent.header.timestamp) ?? Number.NaN;
  if (time === undefined)
    return { timestamp_valid: `${header.timestamp} is no day`, slot_valid: 'no time, no slot' };
  return {
    timestamp_valid: unless(
      time > parentTime && time <= nowMs + MAX_BLOCK_LEAD_MS,
      `timestamp is ${time - parentTime} ms after the parent and ${time - nowMs} ms after now`,
    ),
    slot_valid: unless(
      header.slot === slotAt(time) && header.epoch === epochOfSlot(header.slot),
      `the timestamp lies in slot ${slotAt(time)}`,
    ),
  };
}

function transactionFailure(
  transactions: readonly Transaction[],
  digests: readonly TransactionDigest[],
  rules: BlockRules,
): string | undefined {
  const seen = new Set<string>();
  for (const [i, tx] of transactions.entries()) {
    if (seen.has(tx.tx_id)) return `transaction ${i} repeats ${tx.tx_id}`;
    seen.add(tx.tx_id);
    if (rules.isOnChain?.(tx.tx_id)) return `transaction ${i} (${tx.tx_id}) is on the chain already`;
    if (tx.type === 'system' && tx.data.kind === 'genesis') return `transaction ${i} is a second genesis`;
    const digest = digests[i];
    if (digest && rules.isVerified?.(digest.txHash, tx.signature)) continue;
    const [fault] = verifyTransaction(tx, { digest }).faults;
    if (fault) return `transaction ${i} (${tx.tx_id}): ${fault.fault}: ${fault.detail}`;
  }
  return undefined;
}

function digestsOf(transactions: readonly Transaction[]): TransactionDigest[] | undefined {
  try {
    return transactions.map(digestOf);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return undefined; // The caller names it: structure_valid.
  }
}

/** Size of the canonical text of a block without making it: an empty block's, and what each transaction adds. */
export function blockBytes(block: Block, digests: readonly TransactionDigest[]): number {
  const frame = Buffer.byteLength(canonicalJson({ ...block, transactions: [] }));
  const commas = Math.max(0, digests.length - 1);
  return digests.reduce((sum, { sizeBytes }) => sum + sizeBytes, frame + commas);
}

function unless(holds: boolean, detail: string): string | undefined {
  return holds ? undefined : detail;
}

function verdictOf(failures: Partial<Record<BlockCheck, string | undefined>>, judged: boolean): BlockVerdict {
  const errors = CHECKS.flatMap((check) => {
    const detail = failures[check];
    return detail === undefined ? [] : [{ check, detail }];
  });
  const holds = (check: BlockCheck) => judged && failures[check] === undefined;
  return {
    structure_valid: holds('structure_valid'),
    size_valid: holds('size_valid'),
    height_valid: holds('height_valid'),
    previous_hash_valid: holds('previous_hash_valid'),
    genesis_hash_valid: holds('genesis_hash_valid'),
    timestamp_valid: holds('timestamp_valid'),
    slot_valid: holds('slot_valid'),
    leader_valid: holds('leader_valid'),
    hash_valid: holds('hash_valid'),
    signature_valid: holds('signature_valid'),
    merkle_root_valid: holds('merkle_root_valid'),
    transactions_valid: holds('transactions_valid'),
    valid: judged && errors.length === 0,
    errors,
  };
}
