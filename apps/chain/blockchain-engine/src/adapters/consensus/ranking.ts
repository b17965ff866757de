import type { Block } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import {
  createPootState,
  type FoldOutcome,
  type PootState,
  restorePootState,
  type SlotLeaders,
  type SlotResult,
} from '@lucid/poot';
import type { Ledger } from '../ledger.ts';
import { readBlock } from '../read-block.ts';
import { Turns } from '../turns.ts';
import type { RankingStore } from './ranking-store.ts';

export interface RankingDeps {
  ledger: Pick<Ledger, 'blocks' | 'transactions'>;
  store: RankingStore;
  genesis: Block;
  logger: Logger;
}

/** What folding a block gives the store to keep. */
interface Fold {
  block: Block;
  outcome: FoldOutcome;
  slots: { leaders: SlotLeaders; result: SlotResult }[];
}

/** So many blocks are folded again at most after a crash. */
const SNAPSHOT_EVERY_BLOCKS = 200;
/** Of a long silence the schedule shows its last day. */
const MOST_MISSED_SLOTS = 720;

/**
 * Who may lead, as it follows from the blocks: the state of PoOT after a block. Every instance can keep one; its snapshots and
 * read models are the same whoever writes them.
 */
export class Ranking {
  readonly #deps: RankingDeps;
  readonly #turns = new Turns();
  #state: PootState | undefined;
  #folds: Fold[] = [];
  #expected: ReadonlyMap<string, Block> = new Map();
  #keptHeight = 0;

  constructor(deps: RankingDeps) {
    this.#deps = deps;
  }

  /** The state after the last block of the store. */
  atTip(): Promise<PootState> {
    return this.#turns.take(async () => {
      const { ledger } = this.#deps;
      this.#state ??= await this.#restore();
      const state = this.#state;
      const tip = await ledger.blocks.head();
      if (tip && tip._id > state.tip.height)
        for await (const document of ledger.blocks.range({ from: state.tip.height + 1, to: tip._id })) {
          const block = await readBlock(ledger.transactions, document);
          if (block.header.height === state.tip.height + 1) this.#fold(state, block);
          await this.#keep(state.tip.height);
        }
      return state;
    });
  }

  /** Blocks that may be decided before they are on the chain: `after` finds its way over them. Replaces those before. */
  expect(blocks: readonly Block[]): void {
    this.#expected = new Map(blocks.map((block) => [block.hash, block]));
  }

  /** The state after this block, which is the last one known or a certain successor of it. @throws Error when it is neither */
  after(block: Block): PootState {
    const state = this.#state;
    if (!state) return this.at(block);
    const path: Block[] = [];
    let next: Block | undefined = block;
    while (next && next.header.height > state.tip.height) {
      path.unshift(next);
      next = this.#expected.get(next.header.previous_hash);
    }
    if (path[0]?.header.previous_hash === state.tip.hash) for (const step of path) this.#fold(state, step);
    return this.at(block);
  }

  /** A block is on the chain. Takes it in, when that has not been done before, and writes down what it has changed. */
  async follow(block: Block): Promise<void> {
    const { height } = block.header;
    if ((this.#state?.tip.height ?? height) < height) this.after(block);
    await this.#turns.take(() => this.#keep(height));
  }

  /** The state after this block, which must be the last one known. @throws Error when it is not */
  at({ hash, header }: Pick<Block, 'hash' | 'header'>): PootState {
    const state = this.#state;
    if (state?.tip.hash !== hash)
      throw new Error(`the ranking stands at ${state?.tip.height}, not after block ${header.height}`);
    return state;
  }

  /** Forgets what it knows: the store may hold something else. */
  forget(): void {
    this.#state = undefined;
    this.#folds = [];
    this.expect([]);
  }

  #fold(state: PootState, block: Block): void {
    const { tip } = state;
    const opens = block.header.slot > tip.slot && tip.height > 0;
    const leaders = opens ? state.leadersOf(tip.slot) : undefined;
    const missed = opens ? missedSlots(state, tip.slot + 1, block.header.slot - 1) : [];
    const outcome = state.fold(block);
    for (const fault of outcome.refused)
      this.#deps.logger.warn({ height: block.header.height, ...fault }, 'a system transaction means nothing');
    const closed = leaders && outcome.closed ? [{ leaders, result: outcome.closed }] : [];
    this.#folds.push({ block, outcome, slots: [...closed, ...missed] });
  }

  /** @param height up to which the blocks are on the chain */
  async #keep(height: number): Promise<void> {
    const { store } = this.#deps;
    const isKept = ({ block }: Fold) => block.header.height <= height;
    const folds = this.#folds.filter(isKept);
    this.#folds = this.#folds.filter((fold) => !isKept(fold));
    for (const { block, outcome, slots } of folds) {
      await store.keepSlots(slots);
      await store.keepWork(outcome, block);
    }
    const state = this.#state;
    if (state?.tip.height !== height) return;
    const isDue = height - this.#keptHeight >= SNAPSHOT_EVERY_BLOCKS;
    if (!isDue && folds.every(({ slots }) => slots.length === 0)) return;
    await store.save(height, state.snapshot());
    this.#keptHeight = height;
  }

  async #restore(): Promise<PootState> {
    const { store, genesis, ledger, logger } = this.#deps;
    const kept = await store.load();
    const isOfThisChain = kept && (await ledger.blocks.headAt(kept.tip.height))?.hash === kept.tip.hash;
    if (!isOfThisChain) return createPootState(genesis);
    try {
      const state = restorePootState(genesis, kept);
      this.#keptHeight = state.tip.height;
      return state;
    } catch (error) {
      logger.warn({ err: error }, 'the kept ranking is of no use and is computed anew from the blocks');
      return createPootState(genesis);
    }
  }
}

function missedSlots(state: PootState, from: number, to: number): Fold['slots'] {
  const first = Math.max(from, to - MOST_MISSED_SLOTS + 1);
  return Array.from({ length: Math.max(0, to - first + 1) }, (_, at) => ({
    leaders: state.leadersOf(first + at),
    result: { slot: first + at, winner: 'missed', reason: 'timeout' },
  }));
}
