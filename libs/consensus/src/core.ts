// The state of a node and what its rules can do with it.
import {
  type Certificate,
  isQuorum,
  slotAt,
  slotOfView,
  type VotePhase,
  verifyCertificate,
  verifyHash,
} from '@lucid/ledger';
import type { ConsensusBlock } from './block.ts';
import type { Context } from './context.ts';
import type { Effect, Evidence } from './effect.ts';
import type { Flaws } from './flaws.ts';
import { Later } from './later.ts';
import type { Memory } from './memory.ts';
import type { Message, ProposalMessage } from './message.ts';
import { Outbox } from './outbox.ts';
import { Patience } from './patience.ts';
import { PeerBook } from './peer-book.ts';
import { Repeater } from './repeater.ts';
import type { DropReason } from './report.ts';
import { Round } from './round.ts';
import type { Settings } from './settings.ts';
import { begin, type Start } from './start.ts';
import type { Status } from './status.ts';
import { Sync } from './sync.ts';
import { Voice } from './voice.ts';
import { rightAfterCommit, type VotingRight } from './voting-right.ts';

export class Core<B extends ConsensusBlock> implements Context<B> {
  readonly settings: Settings<B>;
  readonly flaws: Flaws;
  readonly outbox = new Outbox<B>();
  readonly peers = new PeerBook();
  readonly sync = new Sync();
  readonly later = new Later<B>();
  readonly repeater = new Repeater();
  readonly patience: Patience;
  readonly startedMs: number;
  /** Its name, when it is one of the validators. */
  readonly validator: string | undefined;
  /** Messages of the height that has just begun, which came before it did. */
  due: Message<B>[] = [];
  nowMs: number;
  round: Round<B>;
  right: VotingRight;
  hasWork = false;
  readonly dropped: Record<DropReason, number> = {
    stranger: 0,
    signature: 0,
    leader: 0,
    structure: 0,
    stale: 0,
    too_far_ahead: 0,
  };
  #alarmMs = Number.POSITIVE_INFINITY;
  /** Undefined for an observer. */
  readonly #voice: Voice<B> | undefined;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #verify: NonNullable<Settings<B>['verify']>;
  #reported = new Set<string>();

  constructor(start: Omit<Start<B>, 'patience'>) {
    this.patience = new Patience(start.settings.blockTimeMs);
    this.settings = start.settings;
    this.flaws = start.flaws;
    this.startedMs = start.nowMs;
    this.nowMs = start.nowMs;
    this.#keys = new Map(start.settings.validators.map((entry) => [entry.validator, entry.public_key]));
    const { self, genesisHash } = start.settings;
    this.validator = self && this.#keys.has(self.validator) ? self.validator : undefined;
    this.#voice = self && this.validator !== undefined ? new Voice(self, genesisHash) : undefined;
    this.#verify = start.settings.verify ?? verifyHash;
    const { round, right } = begin({ ...start, patience: this.patience });
    this.round = round;
    this.right = right;
    if (!start.memory && this.validator !== undefined) this.outbox.remember();
  }

  setTime(nowMs: number): void {
    if (nowMs < this.nowMs) this.round.noLaterThan(nowMs); // the clock was set back
    this.nowMs = nowMs;
  }

  get voter(): string | undefined {
    return this.right.silentThroughSlot === null ? this.validator : undefined;
  }

  /** Where more than two thirds begin without a memory, nothing can have been decided that hangs on one. */
  joinNovices(): void {
    if (!this.right.novice || this.right.silentThroughSlot === null) return;
    if (!isQuorum(this.peers.noviceCount + 1, this.settings.validators.length)) return;
    this.right = { novice: true, silentThroughSlot: null };
    this.outbox.remember();
  }

  alarm(atMs: number): void {
    this.#alarmMs = Math.min(this.#alarmMs, atMs);
  }

  /** The earliest time that was asked for since the last call. */
  takeAlarm(): number {
    const atMs = this.#alarmMs;
    this.#alarmMs = Number.POSITIVE_INFINITY;
    return atMs;
  }

  castVote(phase: VotePhase, hash: string | null): void {
    const vote = this.#voice?.vote(this.round, phase, hash);
    if (!vote) return;
    this.round[phase] = vote;
    this.round.votes.add(vote);
    this.#said({ kind: 'vote', vote });
  }

  propose(block: B, pol: Certificate | null): void {
    const message = this.#voice?.proposal(this.round, block, pol);
    if (!message) return;
    this.round.proposal = message.proposal;
    this.round.proposed = message;
    this.accept(message);
    this.#said(message);
  }

  accept(message: ProposalMessage<B>): void {
    const { round } = this;
    const { block, proposal } = message;
    const { height, previous_hash } = block.header;
    if (height === round.height && previous_hash === round.tip.hash) round.proposals.keepBlock(block);
    const first = round.proposals.add(message);
    if (first && !this.flaws.overlooksEquivocation)
      this.report({ kind: 'proposal', first, second: proposal });
  }

  /** Once for each validator, view and kind of statement. */
  report(evidence: Evidence): void {
    const { validator, view } = evidence.first;
    const key = `${validator} ${view} ${evidence.kind === 'vote' ? evidence.first.phase : 'proposal'}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.outbox.ask({ kind: 'evidence', evidence });
  }

  commit(block: B, certificate: Certificate): void {
    this.outbox.commit({ kind: 'commit', block, certificate });
    const slot = slotOfView(certificate.view);
    this.right = rightAfterCommit(this.right, slot);
    // A fallback that was followed keeps the rest of its slot, once that slot has begun here.
    const view = slot <= slotAt(this.nowMs) ? Math.max(this.round.view, certificate.view) : this.round.view;
    const { settings, flaws, patience, nowMs } = this;
    this.round = new Round({ settings, flaws, patience, tip: block, view, nowMs });
    this.#reported = new Set();
    this.due = this.later.take();
    this.repeater.restart(this.nowMs);
  }

  isSignedBy(validator: string, hashHex: string, signature: string): boolean {
    const publicKey = this.#keys.get(validator);
    return publicKey !== undefined && this.#verify(hashHex, signature, publicKey);
  }

  isProven(block: B, certificate: Certificate, phase: VotePhase): boolean {
    const { genesisHash, validators } = this.settings;
    const { header, hash } = block;
    const verify = this.#verify;
    return verifyCertificate({ certificate, header, hash, genesisHash, validators, phase, verify }).valid;
  }

  /** Undefined for an observer: it has no name to sign with. */
  status(answers: Status['answers'] = null): Status | undefined {
    const { novice } = this.right;
    const said = { novice, started_at_ms: this.startedMs, sent_at_ms: this.nowMs, answers };
    return this.#voice?.status(this.round, said);
  }

  memory(): Memory<B> {
    const { height, view, proposal, prevote, precommit, locked, valid } = this.round;
    return {
      version: 1,
      validator: this.validator ?? '',
      novice: this.right.novice,
      silent_through_slot: this.right.silentThroughSlot,
      height,
      view,
      proposal,
      prevote,
      precommit,
      locked: this.flaws.forgetsLock ? null : locked,
      valid: this.flaws.remembersNoBlock ? null : valid,
    };
  }

  takeEffects(): Effect<B>[] {
    return this.outbox.take(() => this.memory(), this.flaws.votesBeforeRemembering ?? false);
  }

  #said(message: Message<B>): void {
    this.outbox.remember();
    this.outbox.say({ kind: 'broadcast', message });
    this.repeater.restart(this.nowMs);
  }
}
