import { type Block, type BlockVerdict, type SignedHeader, verifyBlock } from '@lucid/ledger';
import { type PootState, viewsPerSlot } from '@lucid/poot';
import { systemFault } from '../domain/judge-system.ts';
import type { VerifiedTexts } from '../domain/verified-texts.ts';
import type { Ledger } from './ledger.ts';
import type { Validators } from './validators.ts';
import type { ChainThreads } from './workers/chain-threads.ts';
import { knownOfBlock } from './workers/look-at.ts';

export interface BlockCase {
  block: Block;
  parent: SignedHeader;
  nowMs: number;
  /** The ranking after `parent`. Without, as for old blocks, neither the turn of the leader nor system transactions are judged. */
  ranking?: PootState | undefined;
}

export interface BlockJudgeDeps {
  ledger: Pick<Ledger, 'transactions'>;
  validators: Validators;
  threads: Pick<ChainThreads, 'digests' | 'signatures'>;
  /** Transactions that were verified when they came in need no second look. */
  verifiedTexts?: Pick<VerifiedTexts, 'isVerified'>;
}

/** Judges a block as the one that follows `parent`. */
export async function judgeBlock(
  { ledger, validators, threads, verifiedTexts }: BlockJudgeDeps,
  { block, parent, nowMs, ranking }: BlockCase,
): Promise<BlockVerdict> {
  const { publicKeyOf, limits, data } = validators;
  const known = await ledger.transactions.findAll(block.transactions.map(({ tx_id }) => tx_id));
  const isVerified = (txHash: string, signature: string) =>
    verifiedTexts?.isVerified(txHash, signature) ?? false;
  const views = viewsPerSlot(data.validators.length);
  const verdict = verifyBlock(block, parent, {
    ...(await knownOfBlock(threads, block.transactions, isVerified)),
    nowMs,
    limits,
    publicKeyOf,
    mayLead: (header) =>
      header.slot >= (ranking?.tip.slot ?? 0) && (ranking?.mayLead(header) ?? header.fallback_index < views),
    isOnChain: (txId) => (known.get(txId)?.block_height ?? Number.POSITIVE_INFINITY) < block.header.height,
  });
  if (!verdict.valid || !ranking) return verdict;
  const detail = systemFault(block.transactions, ranking.openBlock(block.header.slot));
  if (detail === undefined) return verdict;
  return {
    ...verdict,
    valid: false,
    transactions_valid: false,
    errors: [{ check: 'transactions_valid', detail }],
  };
}
