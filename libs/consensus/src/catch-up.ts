// Blocks that others have confirmed: believed because of their certificates, whoever sends them.
import type { CertifiedBlock, ConsensusBlock } from './block.ts';
import type { Core } from './core.ts';

export function catchUp<B extends ConsensusBlock>(
  core: Core<B>,
  from: string,
  blocks: readonly CertifiedBlock<B>[],
): void {
  const startHeight = core.round.height;
  for (const { block, certificate } of blocks) {
    const { round, settings, flaws, sync, dropped } = core;
    if (block.header.height < round.height) continue; // decided in the meantime
    const isNext = block.header.height === round.height && block.header.previous_hash === round.tip.hash;
    if (!isNext || !settings.isWhole(block)) {
      dropped.structure++;
      sync.failed(from);
      return;
    }
    if (!flaws.believesUncertifiedBlocks && !core.isProven(block, certificate, 'precommit')) {
      dropped.signature++;
      sync.failed(from);
      return;
    }
    core.commit(block, certificate);
  }
  if (core.round.height > startHeight) core.sync.answered(from);
  else core.sync.failed(from);
}

/** Asks a peer that is higher, unless one is being asked. @returns when to look again */
export function askForBlocks<B extends ConsensusBlock>(core: Core<B>): number {
  const { sync, round, outbox, nowMs } = core;
  const from = sync.next(round.tip.header.height, nowMs);
  if (from !== undefined) outbox.ask({ kind: 'fetch', from, fromHeight: round.height });
  return sync.overdueMs ?? Number.POSITIVE_INFINITY;
}
