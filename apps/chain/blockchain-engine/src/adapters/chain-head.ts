import { type Clock, isoTime } from '@lucid/clock';
import type { Block, Certificate } from '@lucid/ledger';
import type { Instruments } from '@lucid/metrics';
import { type BlockDocument, toBlockDocument } from '../domain/block-document.ts';
import type { metrics } from '../metrics.ts';
import { applyBlock } from './apply-block.ts';
import { catchUp } from './catch-up.ts';
import type { Ranking } from './consensus/ranking.ts';
import type { Ledger } from './ledger.ts';

export interface ChainHeadDeps {
  ledger: Ledger;
  ranking: Ranking;
  clock: Clock;
  instruments: Instruments<(typeof metrics)['definitions']>;
  /** Told of every block this instance puts on the chain. */
  onCommitted: (block: Block, certificate: Certificate) => void;
}

/** The end of the chain as the holder of the lease knows it, and the one way to make it longer. */
export class ChainHead {
  readonly #deps: ChainHeadDeps;
  #tip: BlockDocument | undefined;
  #fence = 0;
  #isInLine = false;
  #metMs = 0;

  constructor(deps: ChainHeadDeps) {
    this.#deps = deps;
  }

  /** Whether what is known here is what the store holds. Otherwise `sync` comes before anything else. */
  get isInLine(): boolean {
    return this.#isInLine;
  }

  get tip(): BlockDocument | undefined {
    return this.#tip;
  }

  /** Since the chain did last what it should. */
  get idleMs(): number {
    return this.#deps.clock.monotonicMs() - this.#metMs;
  }

  /** The chain has done what it should: a block was made, or none was called for. */
  met(): void {
    this.#metMs = this.#deps.clock.monotonicMs();
  }

  /** A new lease. @param fence its number */
  begin(fence: number): void {
    this.#fence = fence;
    this.#isInLine = false;
    this.met();
  }

  /** Brings transactions, mempool and ranking in line with the last block. @returns that block */
  async sync(): Promise<BlockDocument> {
    const { ledger, ranking, instruments } = this.#deps;
    this.#tip = await catchUp(ledger);
    ranking.forget();
    await ranking.atTip();
    instruments.blockchain_block_height.set(this.#tip._id);
    this.#isInLine = true;
    return this.#tip;
  }

  /** The commit of a block whose transactions are kept. @returns undefined when another block has the height */
  async commit(block: Block, certificate: Certificate): Promise<BlockDocument | undefined> {
    const { ledger, ranking, clock, instruments, onCommitted } = this.#deps;
    const parent = this.#tip;
    // Until the block is applied, memory may be behind the store: whatever fails from here on leads through a sync.
    this.#isInLine = false;
    const created = { parent, fence: this.#fence, createdAt: isoTime(clock), certificate };
    const document = toBlockDocument(block, created);
    if (!(await ledger.blocks.append(document))) return undefined;
    await applyBlock(ledger, document);
    await ranking.follow(block);
    this.#tip = document;
    this.#isInLine = true;
    this.met();
    this.#count(block, parent);
    instruments.blockchain_block_height.set(document._id);
    onCommitted(block, certificate);
    return document;
  }

  #count({ header, transactions }: Block, parent: BlockDocument | undefined): void {
    const { instruments } = this.#deps;
    instruments.blockchain_blocks_total.inc();
    instruments.slots_missed_total.inc(Math.max(0, header.slot - (parent?.header.slot ?? header.slot) - 1));
    for (const { type } of transactions)
      instruments.blockchain_transactions_total.inc({ type, status: 'confirmed' });
  }
}
