import { type Block, type BlockVerdict, type SignedHeader, verifyBlock } from '@lucid/ledger';
import type { Ledger } from './ledger.ts';
import type { Validators } from './validators.ts';
import type { ChainThreads } from './workers/chain-threads.ts';
import { knownOfBlock } from './workers/look-at.ts';

/** Judges a block as the one that follows `parent`. */
export async function judgeBlock(
  { transactions }: Pick<Ledger, 'transactions'>,
  { publicKeyOf, mayLead, limits }: Validators,
  block: Block,
  parent: SignedHeader,
  nowMs: number,
  threads: Pick<ChainThreads, 'digests' | 'signatures'>,
): Promise<BlockVerdict> {
  const known = await transactions.findAll(block.transactions.map(({ tx_id }) => tx_id));
  return verifyBlock(block, parent, {
    ...(await knownOfBlock(threads, block.transactions)),
    nowMs,
    limits,
    publicKeyOf,
    mayLead,
    isOnChain: (txId) => (known.get(txId)?.block_height ?? Number.POSITIVE_INFINITY) < block.header.height,
  });
}
