// Small blocks, real signatures, and a node under a hand-set clock.
import {
  type Certificate,
  CHAIN_EPOCH_MS,
  canonicalHash,
  SLOT_DURATION_MS,
  signHash,
  signingKeyFromSeed,
  signVote,
  slotAt,
  timestampMs,
  timestampOf,
  type Vote,
  type VotePhase,
  viewOf,
} from '@lucid/ledger';
import {
  type ConsensusBlock,
  ConsensusNode,
  type Effect,
  type Flaws,
  type Memory,
  type ProposalMessage,
  proposalHash,
  type Settings,
  type Status,
  statusHash,
} from '../src/index.ts';

export const BLOCK_TIME_MS = 10_000;
/** The start of a slot; n0 leads it, then n1, n2, n3. */
export const SLOT_MS = CHAIN_EPOCH_MS + 400_000 * SLOT_DURATION_MS;
export const SLOT = slotAt(SLOT_MS);
export const VIEW = viewOf(SLOT, 0);

export interface TestBlock extends ConsensusBlock {
  readonly content: string;
}
export type TestEffect = Effect<TestBlock>;

export const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const keys = new Map(names(7).map((name, index) => [name, signingKeyFromSeed(`${index + 1}`.repeat(64))]));
export function keyOf(name: string) {
  const key = keys.get(name);
  if (!key) throw new Error(`no key for ${name}`);
  return key;
}

export function sealed(header: TestBlock['header'], content: string): TestBlock {
  return { header, hash: canonicalHash({ header, content }), content };
}

export const genesis = sealed(
  {
    height: 0,
    slot: 0,
    fallback_index: 0,
    previous_hash: '0'.repeat(64),
    timestamp: timestampOf(SLOT_MS - 3_600_000),
    validator: 'n0',
  },
  'genesis',
);

export function blockAfter(
  parent: TestBlock,
  over: Partial<TestBlock['header']> & { content?: string } = {},
): TestBlock {
  const { content = 'something', ...header } = over;
  const timestamp = header.timestamp ?? timestampOf(SLOT_MS);
  const base = {
    height: parent.header.height + 1,
    slot: slotAt(timestampMs(timestamp) ?? 0),
    fallback_index: 0,
    previous_hash: parent.hash,
    timestamp,
    validator: 'n0',
  };
  return sealed({ ...base, ...header }, content);
}

export function settingsFor(
  self: string | undefined,
  count: number,
  over: Partial<Settings<TestBlock>> = {},
): Settings<TestBlock> {
  const all = names(count);
  return {
    genesisHash: genesis.hash,
    validators: all.map((validator) => ({ validator, public_key: keyOf(validator).publicKey })),
    self: self === undefined ? undefined : { validator: self, sign: (hash) => signHash(hash, keyOf(self)) },
    // n0 leads SLOT, n1 the next one, and so on; the others are its fallbacks.
    leadersOf: (slot) =>
      all.map((_, rank) => all[(slot - SLOT + rank + all.length * 1000) % all.length] ?? ''),
    isWhole: (block) => block.hash === canonicalHash({ header: block.header, content: block.content }),
    blockTimeMs: BLOCK_TIME_MS,
    makesEmptyBlocks: true,
    ...over,
  };
}

export function vote(
  validator: string,
  phase: VotePhase,
  hash: string | null,
  { view = VIEW, height = 1 } = {},
): Vote {
  return signVote({ phase, height, view, block_hash: hash, validator }, genesis.hash, keyOf(validator));
}

export function proof(
  phase: VotePhase,
  block: TestBlock,
  signers: readonly string[],
  view = VIEW,
): Certificate {
  const { height } = block.header;
  return {
    view,
    votes: signers.map((validator) => ({
      validator,
      signature: vote(validator, phase, block.hash, { view, height }).signature,
    })),
  };
}

export function proposalOf(
  validator: string,
  block: TestBlock,
  { view = VIEW, pol = null }: { view?: number; pol?: Certificate | null } = {},
): ProposalMessage<TestBlock> {
  const draft = {
    height: block.header.height,
    view,
    block_hash: block.hash,
    pol_view: pol?.view ?? null,
    validator,
  };
  const signature = signHash(proposalHash(draft, genesis.hash), keyOf(validator));
  return { kind: 'proposal', proposal: { ...draft, signature }, block, pol };
}

export function statusOf(validator: string, over: Partial<Status> = {}): Status {
  const draft = {
    height: 0,
    view: VIEW,
    proposal: null,
    valid_view: null,
    novice: false,
    started_at_ms: SLOT_MS,
    sent_at_ms: SLOT_MS,
    answers: null,
    validator,
    ...over,
  };
  return { ...draft, signature: signHash(statusHash(draft, genesis.hash), keyOf(validator)) };
}

/** A memory of a node that has been there but has not voted at this height. */
export function memoryOf(validator: string, over: Partial<Memory<TestBlock>> = {}): Memory<TestBlock> {
  return {
    version: 1,
    validator,
    novice: false,
    silent_through_slot: null,
    height: 1,
    view: VIEW,
    proposal: null,
    prevote: null,
    precommit: null,
    locked: null,
    valid: null,
    ...over,
  };
}

/** A node with its clock; every call hands back the effects of that step. */
export class Bench {
  readonly node: ConsensusNode<TestBlock>;
  nowMs: number;

  constructor(
    settings: Settings<TestBlock>,
    { flaws, nowMs = SLOT_MS }: { flaws?: Flaws; nowMs?: number } = {},
  ) {
    this.node = new ConsensusNode(settings, flaws);
    this.nowMs = nowMs;
  }

  start(memory: Memory<TestBlock> | null = null, tip: TestBlock = genesis): readonly TestEffect[] {
    return this.node.step({ kind: 'start', memory, tip }, this.nowMs);
  }

  hearVotes(...votes: Vote[]): readonly TestEffect[] {
    return votes.flatMap((one) =>
      this.node.step(
        { kind: 'message', from: one.validator, message: { kind: 'vote', vote: one } },
        this.nowMs,
      ),
    );
  }

  hearProposal(message: ProposalMessage<TestBlock>): readonly TestEffect[] {
    return this.node.step({ kind: 'message', from: message.proposal.validator, message }, this.nowMs);
  }

  hearStatus(status: Status): readonly TestEffect[] {
    return this.node.step(
      { kind: 'message', from: status.validator, message: { kind: 'status', status } },
      this.nowMs,
    );
  }

  judge(block: TestBlock, valid = true): readonly TestEffect[] {
    return this.node.step({ kind: 'block_judged', hash: block.hash, valid }, this.nowMs);
  }

  wakeAfter(durationMs: number): readonly TestEffect[] {
    this.nowMs += durationMs;
    return this.node.step({ kind: 'wake' }, this.nowMs);
  }
}

export function of<K extends TestEffect['kind']>(
  effects: readonly TestEffect[],
  kind: K,
): Extract<TestEffect, { kind: K }>[] {
  return effects.filter((effect): effect is Extract<TestEffect, { kind: K }> => effect.kind === kind);
}

/** The votes that a step broadcast, as `prevote:hash`; `prevote:nothing` for a vote for nothing. */
export function votesIn(effects: readonly TestEffect[]): string[] {
  return of(effects, 'broadcast').flatMap(({ message }) =>
    message.kind === 'vote' ? [`${message.vote.phase}:${message.vote.block_hash ?? 'nothing'}`] : [],
  );
}
