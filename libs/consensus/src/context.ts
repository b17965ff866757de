// The node as its rules see it.
import type { Certificate, VotePhase } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Evidence } from './effect.ts';
import type { Flaws } from './flaws.ts';
import type { ProposalMessage } from './message.ts';
import type { Outbox } from './outbox.ts';
import type { PeerBook } from './peer-book.ts';
import type { Round } from './round.ts';
import type { Settings } from './settings.ts';
import type { VotingRight } from './voting-right.ts';

export interface Context<B extends ConsensusBlock> {
  readonly settings: Settings<B>;
  readonly flaws: Flaws;
  readonly outbox: Outbox<B>;
  readonly peers: PeerBook;
  /** Milliseconds since 1970 by this node's clock, at this step. */
  readonly nowMs: number;
  readonly round: Round<B>;
  readonly right: VotingRight;
  /** Its name among the validators, when it is one and may vote. */
  readonly voter: string | undefined;
  /** Whether transactions wait, as the host says. */
  readonly hasWork: boolean;
  /** Asks to be woken at this time, unless something else happens. */
  alarm(atMs: number): void;
  castVote(phase: VotePhase, hash: string | null): void;
  propose(block: B, pol: Certificate | null): void;
  /** Takes in a proposal whose author, block and proof were checked. */
  accept(message: ProposalMessage<B>): void;
  commit(block: B, certificate: Certificate): void;
  /** Keeps two statements of which a validator may make one. */
  report(evidence: Evidence): void;
  /** Whether a validator of the list signed this hash. */
  isSignedBy(validator: string, hashHex: string, signature: string): boolean;
  /** Whether more than two thirds voted so for this block. */
  isProven(block: B, certificate: Certificate, phase: VotePhase): boolean;
}

/** A sentence "when this holds, do that": true when it did something, so that all of them are looked at again. */
export type Rule = <B extends ConsensusBlock>(node: Context<B>) => boolean;
