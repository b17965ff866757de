import {
  type Block,
  LedgerError,
  type SignedHeader,
  transactionsRoot,
  verifyTransaction,
} from '@lucid/ledger';
import type { BlockDocument } from '../domain/block-document.ts';
import { brokenLink } from '../domain/judge-link.ts';
import { wrongVotes } from '../domain/judge-votes.ts';
import type { HeightRange } from './blocks.ts';
import type { Ledger } from './ledger.ts';
import { readBlock } from './read-block.ts';
import type { Validators } from './validators.ts';
import type { ChainThreads } from './workers/chain-threads.ts';
import { lookAt } from './workers/look-at.ts';

export interface ChainFault {
  height: number;
  detail: string;
}

export interface CheckedChain {
  blocks: number;
  transactions: number;
  /** The first fault; the check ends there. */
  fault?: ChainFault;
}

/**
 * Checks kept blocks from `from` to `to`: hash, signature, link to the block below, votes, Merkle root, and every transaction's
 * own signature, on threads where there are some. From 0 to the tip it is the full check of the chain, in which no transaction may stand twice.
 */
export async function checkChain(
  { blocks, transactions }: Ledger,
  validators: Validators,
  { from, to }: HeightRange,
  threads?: Pick<ChainThreads, 'signatures'>,
): Promise<CheckedChain> {
  const checked: CheckedChain = { blocks: 0, transactions: 0 };
  const seen = new Set<string>();
  let parent: SignedHeader | undefined =
    from > 0 ? ((await blocks.headAt(from - 1)) ?? undefined) : undefined;
  let height = from;
  for await (const block of blocks.range({ from, to })) {
    const detail =
      (block._id === height ? undefined : `block ${height} is missing`) ??
      (block.header.height === block._id ? undefined : 'it is kept at another height') ??
      brokenLink(block, parent, validators.publicKeyOf) ??
      wrongVotes(block, validators) ??
      (await wrongTransactions(transactions, block, seen, threads));
    if (detail !== undefined) return { ...checked, fault: { height, detail } };
    checked.blocks += 1;
    checked.transactions += block.transaction_ids.length;
    parent = block;
    height += 1;
  }
  return height > to ? checked : { ...checked, fault: { height, detail: `block ${height} is missing` } };
}

async function wrongTransactions(
  transactions: Ledger['transactions'],
  document: BlockDocument,
  seen: Set<string>,
  threads: Pick<ChainThreads, 'signatures'> | undefined,
): Promise<string | undefined> {
  const twice = document.transaction_ids.find((txId) => seen.has(txId));
  if (twice !== undefined) return `transaction ${twice} stands on the chain twice`;
  for (const txId of document.transaction_ids) seen.add(txId);
  let block: Awaited<ReturnType<typeof readBlock>>;
  try {
    block = await readBlock(transactions, document);
  } catch (error) {
    return `its transactions cannot be read: ${(error as Error).message}`;
  }
  if (block.transactions.length !== document.header.transaction_count)
    return 'it lists another number of transactions';
  if (rootOf(block) !== document.header.merkle_root) return 'its transactions have another root';
  if (document._id === 0) return undefined; // no key has authority before the block that lists the keys
  const looks = threads ? await lookAt(threads, block.transactions) : undefined;
  const forged = block.transactions.find(
    (transaction) => !verifyTransaction(transaction, looks?.get(transaction)).valid,
  );
  return forged && `transaction ${forged.tx_id} does not hold`;
}

/** Undefined when one of them, as it is kept now, has no hash. */
function rootOf({ transactions }: Block): string | undefined {
  try {
    return transactionsRoot(transactions);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return undefined;
  }
}
