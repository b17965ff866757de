// Whether the chain vouches for one transaction: signed, in its block, and the block confirmed.
import type { Block } from '@lucid/ledger';
import type { ProvenCheckpoint } from './bundle.ts';
import { type Chain, chainOf, judgeCertificate, notOfChain } from './judge-chain.ts';
import {
  judgeBlockHash,
  judgeBlockSignature,
  judgeTransactionInclusion,
  judgeTransactionSignature,
} from './judges.ts';
import { type Finding, failed } from './steps.ts';

export interface IncludedFindings {
  /** Signed by its key, within its limits. */
  readonly transaction: Finding;
  /** The path leads from it to the root that the block names. */
  readonly inclusion: Finding;
  /** The block is one of this chain, made and confirmed by its validators. */
  readonly block: Finding;
}

/** Judges a transaction with nothing but its proof and the genesis block, as anybody could. */
export function verifyIncluded(proven: ProvenCheckpoint, genesis: Block): IncludedFindings {
  const chain = chainOf({ genesis });
  if ('data' in chain) return judgeIncluded(proven, chain);
  return { ...judgeIncluded(proven, undefined), block: failed(chain.detail) };
}

export function judgeIncluded(proven: ProvenCheckpoint, chain: Chain | undefined): IncludedFindings {
  return {
    transaction: judgeTransactionSignature(proven),
    inclusion: judgeTransactionInclusion(proven, proven.block),
    block: judgeBlock(proven.block, chain),
  };
}

function judgeBlock(block: ProvenCheckpoint['block'], chain: Chain | undefined): Finding {
  if (!chain) return failed('there is no chain to hold it against');
  const byItself = [judgeBlockHash(block), judgeBlockSignature(block)];
  const stranger = notOfChain(block, chain);
  return (
    byItself.find(({ status }) => status === 'failed') ??
    (stranger === undefined ? judgeCertificate(block, chain) : failed(stranger))
  );
}
