// All that belongs to one height: it is thrown away when a block is confirmed.
import { fallbackOfView, slotOfView, timestampMs, VIEWS_PER_SLOT, type Vote } from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Flaws } from './flaws.ts';
import type { Lock, ValidBlock } from './memory.ts';
import type { ProposalMessage } from './message.ts';
import type { Patience } from './patience.ts';
import type { Proposal } from './proposal.ts';
import { ProposalBook } from './proposal-book.ts';
import type { Settings } from './settings.ts';
import { opensAtMs } from './view-clock.ts';
import { VoteBook } from './vote-book.ts';

export interface RoundStart<B extends ConsensusBlock> {
  readonly settings: Settings<B>;
  readonly flaws: Flaws;
  readonly patience: Patience;
  readonly tip: B;
  readonly view: number;
  readonly nowMs: number;
}

export class Round<B extends ConsensusBlock> {
  readonly tip: B;
  readonly tipTimeMs: number;
  readonly height: number;
  /** When its first tick begins. */
  readonly opensAtMs: number;
  readonly votes: VoteBook;
  readonly proposals = new ProposalBook<B>();
  readonly #settings: Settings<B>;
  readonly #patience: Patience;
  readonly #leaders = new Map<number, readonly string[]>();

  view: number;
  viewEnteredMs: number;
  /** What this node said in `view`; never two different things. */
  proposal: Proposal | null = null;
  prevote: Vote | null = null;
  precommit: Vote | null = null;
  locked: Lock | null = null;
  valid: ValidBlock<B> | null = null;

  /** The proposal with its block, as long as this process lives. */
  proposed: ProposalMessage<B> | undefined;
  /** What it said in the view before, for those who are still there. */
  saidBefore: readonly Vote[] = [];
  /** When the host is to be asked for a block; undefined while it is at it. */
  askHostAtMs: number | undefined = 0;
  /** When there first was something to wait for at this height. */
  reasonSinceMs: number | undefined;
  /** When more than two thirds had prevoted, or precommitted, in this view without agreeing. */
  splitPrevotesMs: number | undefined;
  splitPrecommitsMs: number | undefined;

  constructor({ settings, flaws, patience, tip, view, nowMs }: RoundStart<B>) {
    this.#settings = settings;
    this.#patience = patience;
    this.tip = tip;
    this.tipTimeMs = timestampMs(tip.header.timestamp) ?? 0;
    this.height = tip.header.height + 1;
    this.opensAtMs = opensAtMs(this.tipTimeMs, settings.blockTimeMs);
    this.votes = new VoteBook(settings.validators.length, flaws);
    this.view = view;
    this.viewEnteredMs = nowMs;
  }

  /** Who may lead this slot, the primary first; at most one for each of its views. Nobody leads a slot before the tip's. */
  leadersOf(slot: number): readonly string[] {
    if (slot < this.tip.header.slot) return [];
    const known = this.#leaders.get(slot);
    if (known) return known;
    const leaders = this.#settings.leadersOf(slot, this.tip).slice(0, VIEWS_PER_SLOT);
    this.#leaders.set(slot, leaders);
    return leaders;
  }

  leaderOf(view: number): string | undefined {
    return this.leadersOf(slotOfView(view))[fallbackOfView(view)];
  }

  /**
   * Whether nobody comes after the leader of this view in its slot. It is not given up: a block that comes late is better than
   * none until the next slot.
   */
  get isLastView(): boolean {
    return fallbackOfView(this.view) + 1 >= this.leadersOf(slotOfView(this.view)).length;
  }

  get graceMs(): number {
    return this.#patience.graceMs;
  }

  /** Views only grow; what was said in the one before is not said in the new one. */
  enter(view: number, nowMs: number): void {
    const slot = slotOfView(this.view);
    if (slotOfView(view) > slot) this.#patience.slotIsOver(this.isLastView && fallbackOfView(this.view) > 0);
    this.saidBefore = [this.prevote, this.precommit].filter((vote) => vote !== null);
    this.view = view;
    this.viewEnteredMs = nowMs;
    this.proposal = null;
    this.proposed = undefined;
    this.prevote = null;
    this.precommit = null;
    this.askHostAtMs = 0;
    this.splitPrevotesMs = undefined;
    this.splitPrecommitsMs = undefined;
    const oldest = view - 4 * VIEWS_PER_SLOT;
    this.votes.forgetBefore(oldest);
    this.proposals.forgetBefore(oldest, this.valid?.block.hash);
  }

  /** A clock that was set back must not make anyone wait for a time that was. */
  noLaterThan(nowMs: number): void {
    this.viewEnteredMs = Math.min(this.viewEnteredMs, nowMs);
    if (this.askHostAtMs !== undefined) this.askHostAtMs = Math.min(this.askHostAtMs, nowMs);
    if (this.reasonSinceMs !== undefined) this.reasonSinceMs = Math.min(this.reasonSinceMs, nowMs);
    if (this.splitPrevotesMs !== undefined) this.splitPrevotesMs = Math.min(this.splitPrevotesMs, nowMs);
    if (this.splitPrecommitsMs !== undefined)
      this.splitPrecommitsMs = Math.min(this.splitPrecommitsMs, nowMs);
  }
}
