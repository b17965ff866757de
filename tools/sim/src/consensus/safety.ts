// What must hold after every step, whatever the network and the liars do. It sees all that honest nodes say and confirm.
import type { Evidence, Message } from '@lucid/consensus';
import {
  type Certificate,
  type GenesisValidator,
  isQuorum,
  slotAt,
  tickAt,
  timestampMs,
  type Vote,
  verifyCertificate,
} from '@lucid/ledger';
import type { SignatureScheme } from './signatures.ts';
import type { SimBlock } from './sim-block.ts';
import { contentFault, isWhole } from './sim-block.ts';
import { Violation } from './violation.ts';

/** A block may be this far ahead of the clock of those who vote for it. */
const MAX_LEAD_MS = 30_000;

export interface SafetyRules {
  readonly genesis: SimBlock;
  readonly validators: readonly GenesisValidator[];
  readonly scheme: SignatureScheme;
  readonly blockTimeMs: number;
  readonly maxSkewMs: number;
  readonly liarCount: number;
  readonly leadersOf: (slot: number) => readonly string[];
}

export class Safety {
  readonly #rules: SafetyRules;
  readonly #confirmed: SimBlock[];
  readonly #transactions = new Set<string>();
  readonly #said = new Map<string, string | null>();
  /** What each honest node last precommitted. */
  readonly #locks = new Map<
    string,
    { readonly height: number; readonly view: number; readonly hash: string }
  >();
  /** Honest prevotes by height and block: the views and how many. */
  readonly #prevotes = new Map<string, Map<number, number>>();

  constructor(rules: SafetyRules) {
    this.#rules = rules;
    this.#confirmed = [rules.genesis];
  }

  /** Of the highest block that any honest node has confirmed. */
  get height(): number {
    return this.#confirmed.length - 1;
  }

  isConfirmed(transaction: string): boolean {
    return this.#transactions.has(transaction);
  }

  /** An honest node confirms a block: the same one as all others at this height, after the same blocks. */
  committed(node: string, tip: SimBlock, block: SimBlock, certificate: Certificate, nowMs: number): void {
    const { height } = block.header;
    if (block.header.previous_hash !== tip.hash || height !== tip.header.height + 1)
      throw new Violation('linked blocks', `${node} puts ${short(block)} on ${short(tip)}`);
    this.#checkCertificate(node, block, certificate);
    const known = this.#confirmed[height];
    if (known && known.hash !== block.hash)
      throw new Violation('one block per height', `${node} confirms ${short(block)} beside ${short(known)}`);
    if (known) return;
    if (this.#confirmed[height - 1]?.hash !== block.header.previous_hash)
      throw new Violation('agreed prefix', `${short(block)} of ${node} follows nothing confirmed`);
    this.#checkBlock(block, tip, nowMs);
    this.#confirmed.push(block);
    for (const name of block.transactions) this.#transactions.add(name);
  }

  /** An honest node speaks: never two different votes, or proposals, where it has one. Crashes are no excuse. */
  said(node: string, message: Message<SimBlock>): void {
    if (message.kind !== 'vote' && message.kind !== 'proposal') return;
    const statement = message.kind === 'vote' ? message.vote : message.proposal;
    if (statement.validator !== node)
      throw new Violation('own name', `${node} speaks as ${statement.validator}`);
    const kind = message.kind === 'vote' ? message.vote.phase : 'proposal';
    const key = `${node} ${statement.height} ${statement.view} ${kind}`;
    const before = this.#said.get(key);
    if (before !== undefined && before !== statement.block_hash) {
      const words = `${before?.slice(0, 6)} and ${statement.block_hash?.slice(0, 6)}`;
      throw new Violation('no contradiction', `${key}: ${words}`);
    }
    if (before !== undefined) return;
    this.#said.set(key, statement.block_hash);
    if (message.kind === 'vote') this.#checkLock(node, message.vote);
  }

  /** Evidence is against those who lie, and against nobody else. */
  accused(node: string, evidence: Evidence, isLiar: (validator: string) => boolean): void {
    if (!isLiar(evidence.first.validator))
      throw new Violation('just evidence', `${node} accuses the honest ${evidence.first.validator}`);
  }

  /** Two different votes of one validator reached a node: it has to say so. */
  overlooked(node: string, vote: Vote): never {
    throw new Violation(
      'seen equivocation',
      `${node} says nothing of ${vote.validator} in view ${vote.view}`,
    );
  }

  /** Whoever precommitted a block prevotes another one only if more than two thirds prevoted that one since. */
  #checkLock(node: string, { phase, height, view, block_hash }: Vote): void {
    if (block_hash === null) return;
    if (phase === 'precommit') {
      this.#locks.set(node, { height, view, hash: block_hash });
      return;
    }
    const lock = this.#locks.get(node);
    if (lock && lock.height === height && lock.hash !== block_hash) {
      const { validators, liarCount } = this.#rules;
      const since = [...(this.#prevotes.get(`${height} ${block_hash}`) ?? [])];
      const isShown = since.some(
        ([when, count]) => when >= lock.view && when < view && isQuorum(count + liarCount, validators.length),
      );
      if (!isShown)
        throw new Violation(
          'kept locks',
          `${node} prevotes ${block_hash.slice(0, 6)}, locked on ${lock.hash.slice(0, 6)}`,
        );
    }
    const counts = this.#prevotes.get(`${height} ${block_hash}`) ?? new Map<number, number>();
    counts.set(view, (counts.get(view) ?? 0) + 1);
    this.#prevotes.set(`${height} ${block_hash}`, counts);
  }

  #checkCertificate(node: string, block: SimBlock, certificate: Certificate): void {
    const { genesis, validators, scheme } = this.#rules;
    const verdict = verifyCertificate({
      certificate,
      header: block.header,
      hash: block.hash,
      genesisHash: genesis.hash,
      validators,
      verify: scheme.verify,
    });
    if (!verdict.valid)
      throw new Violation('certificates hold', `${node} confirms ${short(block)}: ${verdict.detail}`);
  }

  #checkBlock(block: SimBlock, parent: SimBlock, nowMs: number): void {
    const { leadersOf, blockTimeMs, maxSkewMs } = this.#rules;
    const { slot, fallback_index, validator, timestamp } = block.header;
    const timeMs = timestampMs(timestamp) ?? Number.NaN;
    const parentMs = timestampMs(parent.header.timestamp) ?? Number.NaN;
    const fault = contentFault(block.transactions, (name) => this.#transactions.has(name));
    if (!isWhole(block) || fault)
      throw new Violation('sound content', fault ?? `${short(block)} is not whole`);
    if (leadersOf(slot)[fallback_index] !== validator)
      throw new Violation('elected leader', `${validator} made ${short(block)} of slot ${slot}`);
    if (slotAt(timeMs) !== slot || tickAt(timeMs, blockTimeMs) <= tickAt(parentMs, blockTimeMs))
      throw new Violation('honest time', `${short(block)} of ${timestamp}, slot ${slot}`);
    if (timeMs > nowMs + MAX_LEAD_MS + maxSkewMs)
      throw new Violation('honest time', `${short(block)} is of ${timeMs - nowMs} ms ahead`);
  }
}

function short(block: SimBlock): string {
  return `${block.header.height}:${block.hash.slice(0, 6)}`;
}
