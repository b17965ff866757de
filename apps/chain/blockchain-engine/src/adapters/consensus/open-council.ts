import { timestampMs } from '@lucid/ledger';
import { type BlockJudgeDeps, judgeBlock } from '../judge-block.ts';
import { type SealDeps, sealBlock } from '../seal-block.ts';
import { Council, type CouncilDeps } from './council.ts';

export type OpenCouncilDeps = Omit<CouncilDeps, 'build' | 'judge'> &
  SealDeps &
  Pick<BlockJudgeDeps, 'threads'>;

/** A seat among several validators: what it proposes comes from the mempool, what others propose is judged as a stranger's. */
export function openCouncil(deps: OpenCouncilDeps): Council {
  const { ranking, logger, makesEmptyBlocks } = deps;
  return new Council({
    ...deps,
    build: async ({ parent, timestampMs, fallbackIndex }) => {
      const request = { parent, timestampMs, fallbackIndex, ranking: ranking.at(parent) };
      const { block } = await sealBlock(deps, request);
      return makesEmptyBlocks || block.transactions.length > 0 ? block : null;
    },
    judge: async ({ block, parent }) => {
      // The node has judged the time; what is said here must not depend on ours.
      const nowMs = timestampMs(block.header.timestamp) ?? 0;
      const verdict = await judgeBlock(deps, { block, parent, nowMs, ranking: ranking.at(parent) });
      const { height } = block.header;
      if (!verdict.valid) logger.warn({ height, errors: verdict.errors }, 'a proposed block does not hold');
      return verdict.valid;
    },
  });
}
