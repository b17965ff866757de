// What comes from others: dropped and counted, kept for later, or taken in. Nothing is believed but signatures.
import { VIEWS_PER_SLOT, type Vote, voteHash } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Context } from './context.ts';
import type { Message, ProofMessage, ProposalMessage } from './message.ts';
import { proposalHash } from './proposal.ts';
import type { DropReason } from './report.ts';

/** Votes and proposals of views this far from the own one are of no use any more, or not yet; they are repeated. */
const VIEWS_KEPT = 2 * VIEWS_PER_SLOT;

/** `later`: of the next height, keep it until this one is decided. */
export type Reception = 'taken' | 'known' | 'later' | DropReason;

type HeightMessage<B extends ConsensusBlock> = Exclude<Message<B>, { kind: 'status' }>;

export function receive<B extends ConsensusBlock>(node: Context<B>, message: HeightMessage<B>): Reception {
  switch (message.kind) {
    case 'vote':
      return receiveVote(node, message.vote);
    case 'proposal':
      return receiveProposal(node, message);
    case 'proof':
      return receiveProof(node, message);
  }
}

function receiveVote<B extends ConsensusBlock>(node: Context<B>, vote: Vote): Reception {
  const { round, settings, flaws, peers, nowMs } = node;
  const place = placeOf(node, vote);
  if (place !== 'here' && place !== 'later') return place;
  const first = round.votes.find(vote.view, vote.phase, vote.validator);
  const isRepeated = place === 'here' && first?.signature === vote.signature;
  if (isRepeated && !flaws.countsVotesTwice) return 'known';
  const hash = voteHash(vote, settings.genesisHash);
  if (!flaws.believesForgedVotes && !node.isSignedBy(vote.validator, hash, vote.signature))
    return 'signature';
  if (place === 'later') return 'later';
  peers.heardView(vote.validator, vote.height, vote.view, nowMs);
  const added = round.votes.add(vote);
  if (added.result === 'conflict') {
    node.report({ kind: 'vote', first: added.first, second: vote });
    return 'known';
  }
  return added.result === 'new' ? 'taken' : 'known';
}

function receiveProposal<B extends ConsensusBlock>(node: Context<B>, message: ProposalMessage<B>): Reception {
  const { round, settings, flaws } = node;
  const { proposal, block, pol } = message;
  const place = placeOf(node, proposal);
  if (place !== 'here' && place !== 'later') return place;
  if (place === 'here') {
    if (round.proposals.has(proposal)) return 'known';
    if (!flaws.followsAnyone && round.leaderOf(proposal.view) !== proposal.validator) return 'leader';
  }
  if (block.hash !== proposal.block_hash || (pol?.view ?? null) !== proposal.pol_view) return 'structure';
  const hash = proposalHash(proposal, settings.genesisHash);
  if (!node.isSignedBy(proposal.validator, hash, proposal.signature)) return 'signature';
  if (place === 'later') return 'later';
  // What the signature does not cover is checked before the leader is blamed for it: anyone may have passed it on.
  if (!settings.isWhole(block)) return 'structure';
  if (pol !== null && !flaws.needsNoProof) {
    if (pol.view >= proposal.view || !node.isProven(block, pol, 'prevote')) return 'structure';
  }
  node.accept(message);
  return 'taken';
}

function receiveProof<B extends ConsensusBlock>(
  node: Context<B>,
  { block, pol }: ProofMessage<B>,
): Reception {
  const { round, settings } = node;
  const { height, previous_hash } = block.header;
  if (height !== round.height || previous_hash !== round.tip.hash) return 'stale';
  if (round.valid && round.valid.pol.view >= pol.view) return 'known';
  if (pol.view >= round.view) return 'too_far_ahead'; // its votes are still to come
  if (!settings.isWhole(block)) return 'structure';
  if (!node.isProven(block, pol, 'prevote')) return 'signature';
  round.proposals.keepBlock(block);
  round.valid = { block, pol };
  return 'taken';
}

function placeOf<B extends ConsensusBlock>(
  { round, settings }: Context<B>,
  said: { readonly validator: string; readonly height: number; readonly view: number },
): 'here' | 'later' | DropReason {
  if (!settings.validators.some(({ validator }) => validator === said.validator)) return 'stranger';
  if (said.height === round.height + 1) return 'later';
  if (said.height > round.height) return 'too_far_ahead';
  if (said.height < round.height || said.view < round.view - VIEWS_KEPT) return 'stale';
  return said.view > round.view + VIEWS_KEPT ? 'too_far_ahead' : 'here';
}
