// A validator that misbehaves. It runs a real core to know what is going on, and says something else.
import {
  type Message,
  type ProposalMessage,
  proposalHash,
  type Settings,
  statusHash,
} from '@lucid/consensus';
import {
  fallbackOfView,
  SLOT_DURATION_MS,
  slotOfView,
  timestampMs,
  timestampOf,
  type Vote,
  type VotePhase,
  voteHash,
} from '@lucid/ledger';
import type { Habit } from './habits.ts';
import type { Identity } from './signatures.ts';
import { type SimBlock, type SimChain, sealed } from './sim-block.ts';
import { SimNode } from './sim-node.ts';
import type { Surroundings } from './surroundings.ts';

const PHASES: readonly VotePhase[] = ['prevote', 'precommit'];
const PROPOSERS_LIES = ['proposes_twice', 'lies_about_time', 'pretends_proof'] as const;
const REMEMBERED = 30;

export class Liar extends SimNode {
  readonly #self: Identity;
  readonly #habits: ReadonlySet<Habit>;
  readonly #agreed = new Set<string>();
  readonly #old: Message<SimBlock>[] = [];

  constructor(world: Surroundings, settings: Settings<SimBlock>, self: Identity, habits: ReadonlySet<Habit>) {
    super(world, settings, self.validator, { flaws: {} });
    this.#self = self;
    this.#habits = habits;
  }

  override hear(from: string, message: Message<SimBlock>): void {
    super.hear(from, message);
    if (!this.isUp) return;
    const { random } = this.world;
    if (this.#has('repeats_old') && message.kind !== 'status') {
      this.#old.push(message);
      if (this.#old.length > REMEMBERED) this.#old.shift();
      if (random.chance(0.02)) this.world.send(this.name, this.#someone(), random.pick(this.#old));
    }
    if (message.kind === 'proposal') this.#commentOn(message.proposal);
    if (message.kind === 'vote') this.#commentOn(message.vote);
    if (message.kind === 'status' && this.#has('usurps') && random.chance(0.1)) this.#usurp();
  }

  override blocksFrom(height: number): SimChain {
    const parent = height === 1 ? this.disk.genesis : this.disk.chain[height - 2]?.block;
    if (!this.#has('forges_blocks') || !parent) return super.blocksFrom(height);
    const view = this.report()?.view ?? 0;
    const timeMs = (timestampMs(parent.header.timestamp) ?? 0) + this.settings.blockTimeMs;
    const block = this.#blockAfter(parent, view, timeMs, { transactions: [`tx-forged-${view}`] });
    const votes = this.settings.validators.map(({ validator }) => ({
      validator,
      signature: this.#signedVote('precommit', height, view, block.hash, validator).signature,
    }));
    return [{ block, certificate: { view, votes } }];
  }

  /** Nobody checks what a liar says or confirms. */
  protected override committing(): void {}

  protected override broadcast(message: Message<SimBlock>): void {
    this.world.traceMessage(this.name, message);
    if (message.kind === 'proposal') this.#propose(message);
    else if (message.kind === 'vote') this.#vote(message.vote);
    else if (message.kind === 'status' && this.#has('forges_blocks')) this.#boast();
    else this.world.broadcast(this.name, message);
  }

  #has(habit: Habit): boolean {
    return this.#habits.has(habit);
  }

  #someone(): string {
    return this.world.random.pick(this.world.nodes).name;
  }

  #vote(vote: Vote): void {
    const { world, name } = this;
    for (const { name: to } of world.nodes) {
      if (this.#has('withholds_votes') && world.random.chance(0.5)) continue;
      const lies = this.#has('votes_twice') && world.random.chance(0.5);
      const other = vote.block_hash === null ? 'f'.repeat(64) : null;
      if (lies) {
        const { phase, height, view } = vote;
        world.send(name, to, { kind: 'vote', vote: this.#signedVote(phase, height, view, other) });
      }
      if (!lies || world.random.chance(0.3)) world.send(name, to, { kind: 'vote', vote });
    }
  }

  #commentOn(said: {
    readonly height: number;
    readonly view: number;
    readonly block_hash: string | null;
  }): void {
    const { height, view, block_hash } = said;
    if (block_hash === null) return;
    const key = `${height} ${view} ${block_hash}`;
    if (this.#agreed.has(key)) return;
    this.#agreed.add(key);
    if (this.#has('agrees_with_all')) this.#agree(height, view, block_hash);
    if (!this.#has('forges_votes')) return;
    for (const { validator } of this.settings.validators)
      for (const phase of PHASES)
        this.world.broadcast(this.name, {
          kind: 'vote',
          vote: this.#signedVote(phase, height, view, block_hash, validator),
        });
  }

  #agree(height: number, view: number, hash: string): void {
    for (const phase of PHASES)
      this.world.broadcast(this.name, { kind: 'vote', vote: this.#signedVote(phase, height, view, hash) });
  }

  #propose(message: ProposalMessage<SimBlock>): void {
    const { world, name } = this;
    if (this.#has('silent_leader') && world.random.chance(0.7)) return;
    const { view, height } = message.proposal;
    const parent = this.disk.tip;
    const timeMs = timestampMs(message.block.header.timestamp) ?? 0;
    const isFallback = fallbackOfView(view) > 0;
    const wishes = PROPOSERS_LIES.filter(
      (habit) => this.#has(habit) && (habit !== 'pretends_proof' || isFallback),
    );
    if (wishes.length === 0 || world.random.chance(0.3)) {
      world.broadcast(name, message);
      return;
    }
    const wish = world.random.pick(wishes);
    if (wish === 'lies_about_time') {
      const shift = world.random.pick([-SLOT_DURATION_MS, -3_600_000, 45_000, SLOT_DURATION_MS]);
      world.broadcast(name, this.#proposal(this.#blockAfter(parent, view, timeMs + shift), view, null));
      return;
    }
    if (wish === 'pretends_proof') {
      // As if the leader before were a liar, too: the block is made in its name.
      const validator = this.settings.leadersOf(slotOfView(view), parent)[fallbackOfView(view - 1)];
      const again = this.#blockAfter(parent, view - 1, timeMs, { ...(validator && { validator }) });
      world.broadcast(name, this.#proposal(again, view, view - 1));
      this.#agree(height, view, again.hash);
      return;
    }
    const other = this.#blockAfter(parent, view, timeMs + 1);
    const second = this.#proposal(other, view, null);
    for (const { name: to } of world.nodes) world.send(name, to, world.random.chance(0.5) ? message : second);
    this.#agree(height, view, message.block.hash);
    this.#agree(height, view, other.hash);
  }

  #usurp(): void {
    const report = this.report();
    if (!report || report.leader === this.name) return;
    const parent = this.disk.tip;
    const block = this.#blockAfter(parent, report.view, this.clockMs);
    this.world.broadcast(this.name, this.#proposal(block, report.view, null));
    this.#agree(block.header.height, report.view, block.hash);
  }

  /** Says that there is more to fetch from it than there is. */
  #boast(): void {
    const draft = {
      height: this.disk.chain.length + this.world.random.between(0, 2),
      view: this.report()?.view ?? 0,
      proposal: null,
      valid_view: null,
      novice: this.disk.chain.length === 0,
      started_at_ms: this.clockMs,
      sent_at_ms: this.clockMs,
      answers: null,
      validator: this.name,
    };
    const signature = this.#self.sign(statusHash(draft, this.settings.genesisHash));
    this.world.broadcast(this.name, { kind: 'status', status: { ...draft, signature } });
  }

  #blockAfter(
    parent: SimBlock,
    view: number,
    timeMs: number,
    { validator = this.name, transactions = [] }: { validator?: string; transactions?: string[] } = {},
  ): SimBlock {
    const header = {
      height: parent.header.height + 1,
      slot: slotOfView(view),
      fallback_index: fallbackOfView(view),
      previous_hash: parent.hash,
      timestamp: timestampOf(timeMs),
      validator,
    };
    return sealed(header, transactions);
  }

  #proposal(block: SimBlock, view: number, polView: number | null): ProposalMessage<SimBlock> {
    const { height } = block.header;
    const draft = { height, view, block_hash: block.hash, pol_view: polView, validator: this.name };
    const signature = this.#self.sign(proposalHash(draft, this.settings.genesisHash));
    const votes = this.settings.validators.map(({ validator }) => ({
      validator,
      signature: this.#signedVote('prevote', height, polView ?? 0, block.hash, validator).signature,
    }));
    return {
      kind: 'proposal',
      proposal: { ...draft, signature },
      block,
      pol: polView === null ? null : { view: polView, votes },
    };
  }

  /** With its own key, whoever's name it puts there. */
  #signedVote(
    phase: VotePhase,
    height: number,
    view: number,
    hash: string | null,
    validator = this.name,
  ): Vote {
    const draft = { phase, height, view, block_hash: hash, validator };
    return { ...draft, signature: this.#self.sign(voteHash(draft, this.settings.genesisHash)) };
  }
}
