// What validators say to each other.
import { Block, Certificate, Vote } from '@lucid/ledger';
import { Type } from 'typebox';
import type { ConsensusBlock } from './block.ts';
import { Proposal } from './proposal.ts';
import { Status } from './status.ts';

/** `pol` holds the prevotes that `proposal.pol_view` stands for, and is null where that is null. */
export interface ProposalMessage<B extends ConsensusBlock> {
  readonly kind: 'proposal';
  readonly proposal: Proposal;
  readonly block: B;
  readonly pol: Certificate | null;
}

/** "More than two thirds prevoted this": for a peer that has not seen it. The prevotes speak for themselves. */
export interface ProofMessage<B extends ConsensusBlock> {
  readonly kind: 'proof';
  readonly block: B;
  readonly pol: Certificate;
}

export interface VoteMessage {
  readonly kind: 'vote';
  readonly vote: Vote;
}

export interface StatusMessage {
  readonly kind: 'status';
  readonly status: Status;
}

export type Message<B extends ConsensusBlock> =
  | ProposalMessage<B>
  | ProofMessage<B>
  | VoteMessage
  | StatusMessage;

/** The form on the wire, with blocks of the ledger: what a host checks before it hands a message to the node. */
export const ConsensusMessage = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('proposal'),
      proposal: Proposal,
      block: Block,
      pol: Type.Union([Certificate, Type.Null()]),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('proof'), block: Block, pol: Certificate },
    { additionalProperties: false },
  ),
  Type.Object({ kind: Type.Literal('vote'), vote: Vote }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('status'), status: Status }, { additionalProperties: false }),
]);
