// How a node begins: with its memory, without one, or with one that does not fit its chain.
import { slotAt, viewOf } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Flaws } from './flaws.ts';
import type { Memory } from './memory.ts';
import type { Patience } from './patience.ts';
import { Round } from './round.ts';
import type { Settings } from './settings.ts';
import { rightWithoutMemory, type VotingRight } from './voting-right.ts';

export interface Start<B extends ConsensusBlock> {
  readonly settings: Settings<B>;
  readonly flaws: Flaws;
  readonly patience: Patience;
  readonly memory: Memory<B> | null;
  readonly tip: B;
  readonly nowMs: number;
}

export interface Beginning<B extends ConsensusBlock> {
  readonly round: Round<B>;
  readonly right: VotingRight;
}

export function begin<B extends ConsensusBlock>(start: Start<B>): Beginning<B> {
  const { settings, flaws, tip, nowMs } = start;
  const memory = usableMemory(start);
  const view = Math.max(memory?.view ?? 0, memory ? 0 : viewOf(slotAt(nowMs), 0));
  const round = new Round({ settings, flaws, patience: start.patience, tip, view, nowMs });
  if (!memory) {
    const right = rightWithoutMemory(nowMs, tip.header.height, settings.validators.length);
    return { round, right: flaws.amnesiacVotes ? { ...right, silentThroughSlot: null } : right };
  }
  if (memory.height === round.height) recall(round, memory);
  const novice = memory.novice && tip.header.height === 0;
  return { round, right: { novice, silentThroughSlot: memory.silent_through_slot } };
}

/**
 * A memory of votes further up than the chain reaches: the chain was put back to an earlier state. What was said in between is
 * gone, so this is a node without a memory.
 */
function usableMemory<B extends ConsensusBlock>({ memory, tip }: Start<B>): Memory<B> | null {
  return memory && memory.height <= tip.header.height + 1 ? memory : null;
}

function recall<B extends ConsensusBlock>(round: Round<B>, memory: Memory<B>): void {
  round.proposal = memory.proposal;
  round.prevote = memory.prevote;
  round.precommit = memory.precommit;
  round.locked = memory.locked;
  round.valid = memory.valid;
  for (const vote of [memory.prevote, memory.precommit]) if (vote) round.votes.add(vote);
  if (memory.valid) round.proposals.keepBlock(memory.valid.block);
}
