// The votes of one height, counted.
import { type Certificate, isQuorum, type Vote, type VotePhase } from '@lucid/ledger';
import { type Flaws, NO_FLAWS } from './flaws.ts';

/** Votes of one phase in one view. */
export interface Ballot {
  /** Validators that have voted. */
  readonly total: number;
  /** What more than two thirds voted for: a hash, null for nothing, undefined while there is no such majority. */
  readonly outcome: string | null | undefined;
  /** More than two thirds have voted, for whatever it was. */
  readonly isWide: boolean;
  /** All have voted. */
  readonly isFull: boolean;
}

interface Counted {
  readonly first: Map<string, Vote>;
  readonly votesFor: Map<string | null, Vote[]>;
  total: number;
  outcome: string | null | undefined;
  isWide: boolean;
  isFull: boolean;
}

export type Added =
  | { readonly result: 'new' | 'known' }
  /** The validator said something else before; the second vote does not count. */
  | { readonly result: 'conflict'; readonly first: Vote };

const NOBODY: Ballot = { total: 0, outcome: undefined, isWide: false, isFull: false };

export class VoteBook {
  readonly #validatorCount: number;
  readonly #flaws: Flaws;
  readonly #ballots = new Map<string, Counted>();
  /** The block that more than two thirds precommitted, and the view in which they did: the height is decided. */
  decided: { readonly view: number; readonly hash: string } | undefined;

  constructor(validatorCount: number, flaws: Flaws = NO_FLAWS) {
    this.#validatorCount = validatorCount;
    this.#flaws = flaws;
  }

  /** The vote that is counted for this validator there, if any. */
  find(view: number, phase: VotePhase, validator: string): Vote | undefined {
    return this.#ballots.get(keyOf(view, phase))?.first.get(validator);
  }

  /** Counts a vote whose signature was checked. */
  add(vote: Vote): Added {
    const ballot = this.#open(vote.view, vote.phase);
    const first = ballot.first.get(vote.validator);
    if (first) {
      const isSame = first.block_hash === vote.block_hash;
      if (isSame && !this.#flaws.countsVotesTwice) return { result: 'known' };
      if (!isSame && !this.#flaws.overlooksEquivocation) return { result: 'conflict', first };
    } else {
      ballot.first.set(vote.validator, vote);
    }
    this.#count(ballot, vote);
    return { result: 'new' };
  }

  ballot(view: number, phase: VotePhase): Ballot {
    return this.#ballots.get(keyOf(view, phase)) ?? NOBODY;
  }

  /** Number of votes for this block, or for nothing. */
  countFor(view: number, phase: VotePhase, hash: string | null): number {
    return this.#ballots.get(keyOf(view, phase))?.votesFor.get(hash)?.length ?? 0;
  }

  /** The votes of one phase for one block as a certificate; validators in alphabetical order. */
  certificate(view: number, phase: VotePhase, hash: string): Certificate {
    const votes = this.#ballots.get(keyOf(view, phase))?.votesFor.get(hash) ?? [];
    const byName = [...votes].sort((a, b) => (a.validator < b.validator ? -1 : 1));
    return { view, votes: byName.map(({ validator, signature }) => ({ validator, signature })) };
  }

  /** Drops what was said in views before this one; a decision made there reaches the node as a certificate. */
  forgetBefore(view: number): void {
    for (const key of this.#ballots.keys()) if (viewOfKey(key) < view) this.#ballots.delete(key);
  }

  #open(view: number, phase: VotePhase): Counted {
    const key = keyOf(view, phase);
    const known = this.#ballots.get(key);
    if (known) return known;
    const ballot: Counted = {
      first: new Map(),
      votesFor: new Map(),
      total: 0,
      outcome: undefined,
      isWide: false,
      isFull: false,
    };
    this.#ballots.set(key, ballot);
    return ballot;
  }

  #count(ballot: Counted, vote: Vote): void {
    const alike = ballot.votesFor.get(vote.block_hash) ?? [];
    alike.push(vote);
    ballot.votesFor.set(vote.block_hash, alike);
    ballot.total++;
    ballot.isFull = ballot.total >= this.#validatorCount;
    ballot.isWide = this.#isEnough(ballot.total);
    if (!this.#isEnough(alike.length) || ballot.outcome !== undefined) return;
    ballot.outcome = vote.block_hash;
    if (vote.phase === 'precommit' && vote.block_hash !== null)
      this.decided ??= { view: vote.view, hash: vote.block_hash };
  }

  #isEnough(count: number): boolean {
    if (this.#flaws.takesHalfForQuorum) return count * 2 >= this.#validatorCount;
    return isQuorum(count, this.#validatorCount);
  }
}

function keyOf(view: number, phase: VotePhase): string {
  return `${view}${phase === 'prevote' ? 'v' : 'c'}`;
}

function viewOfKey(key: string): number {
  return Number(key.slice(0, -1));
}
