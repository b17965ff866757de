// The proposals and blocks of one height.
import type { ConsensusBlock } from './block.ts';
import type { ProposalMessage } from './message.ts';
import type { Proposal } from './proposal.ts';

/** A leader that lies may send many blocks; two are enough to prove it and to follow those who saw the other one. */
const MAX_PER_VIEW = 2;

export class ProposalBook<B extends ConsensusBlock> {
  readonly #byView = new Map<number, ProposalMessage<B>[]>();
  readonly #blocks = new Map<string, B>();
  /** What the host said of the content of a block. */
  readonly #verdicts = new Map<string, boolean>();
  readonly #asked = new Set<string>();

  /** @returns the leader's first proposal of that view when this is a different one. */
  add(message: ProposalMessage<B>): Proposal | undefined {
    const { proposal } = message;
    const there = this.#byView.get(proposal.view) ?? [];
    const isKnown = there.some((other) => other.proposal.block_hash === proposal.block_hash);
    if (!isKnown && there.length < MAX_PER_VIEW) this.#byView.set(proposal.view, [...there, message]);
    const first = there[0]?.proposal;
    return first && first.block_hash !== proposal.block_hash ? first : undefined;
  }

  /** Whether exactly this statement came before. */
  has({ view, signature }: Proposal): boolean {
    return this.#byView.get(view)?.some(({ proposal }) => proposal.signature === signature) ?? false;
  }

  /** The one that counts in this view: the first that came. */
  of(view: number): ProposalMessage<B> | undefined {
    return this.#byView.get(view)?.[0];
  }

  get isEmpty(): boolean {
    return this.#byView.size === 0;
  }

  /** Keeps a block that is whole and follows the tip. */
  keepBlock(block: B): void {
    this.#blocks.set(block.hash, block);
  }

  block(hash: string): B | undefined {
    return this.#blocks.get(hash);
  }

  verdict(hash: string): boolean | undefined {
    return this.#verdicts.get(hash);
  }

  judged(hash: string, valid: boolean): void {
    this.#verdicts.set(hash, valid);
  }

  /** True once per block: it is time to ask the host. */
  asksFor(hash: string): boolean {
    if (this.#asked.has(hash)) return false;
    this.#asked.add(hash);
    return true;
  }

  /** Drops proposals of views before this one; `keep` names a block that is still needed. */
  forgetBefore(view: number, keep: string | undefined): void {
    for (const [old, messages] of this.#byView) {
      if (old >= view) continue;
      this.#byView.delete(old);
      for (const { block } of messages) if (block.hash !== keep) this.#blocks.delete(block.hash);
    }
  }
}
