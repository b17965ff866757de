// What this node puts its name to.
import { type Certificate, type UnsignedVote, type Vote, type VotePhase, voteHash } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { ProposalMessage } from './message.ts';
import { proposalHash } from './proposal.ts';
import type { Round } from './round.ts';
import type { Signer } from './settings.ts';
import { type Status, statusHash } from './status.ts';

export class Voice<B extends ConsensusBlock> {
  readonly #signer: Signer;
  readonly #genesisHash: string;

  constructor(signer: Signer, genesisHash: string) {
    this.#signer = signer;
    this.#genesisHash = genesisHash;
  }

  vote({ height, view }: Round<B>, phase: VotePhase, hash: string | null): Vote {
    const { validator, sign } = this.#signer;
    const draft: UnsignedVote = { phase, height, view, block_hash: hash, validator };
    return { ...draft, signature: sign(voteHash(draft, this.#genesisHash)) };
  }

  proposal({ height, view }: Round<B>, block: B, pol: Certificate | null): ProposalMessage<B> {
    const { validator, sign } = this.#signer;
    const draft = { height, view, block_hash: block.hash, pol_view: pol?.view ?? null, validator };
    const signature = sign(proposalHash(draft, this.#genesisHash));
    return { kind: 'proposal', proposal: { ...draft, signature }, block, pol };
  }

  status(round: Round<B>, said: Pick<Status, 'novice' | 'started_at_ms' | 'sent_at_ms' | 'answers'>): Status {
    const { validator, sign } = this.#signer;
    const draft = {
      height: round.tip.header.height,
      view: round.view,
      proposal: round.proposals.of(round.view)?.proposal.block_hash ?? null,
      valid_view: round.valid?.pol.view ?? null,
      ...said,
      validator,
    };
    return { ...draft, signature: sign(statusHash(draft, this.#genesisHash)) };
  }
}
