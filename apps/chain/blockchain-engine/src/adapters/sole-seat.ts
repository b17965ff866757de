import type { Clock } from '@lucid/clock';
import { type Block, type Certificate, signVote, tickAt, tickStartMs, viewOf } from '@lucid/ledger';
import type { Instruments } from '@lucid/metrics';
import type { BlockDocument } from '../domain/block-document.ts';
import { instantOf, lastTickAtStart } from '../domain/ticks.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import type { ChainHead } from './chain-head.ts';
import type { Ranking } from './consensus/ranking.ts';
import { keepTransactions } from './keep-transactions.ts';
import { type SealDeps, sealBlock } from './seal-block.ts';
import type { Seat } from './seat.ts';

export interface SoleSeatDeps extends SealDeps {
  head: ChainHead;
  ranking: Ranking;
  clock: Clock;
  instruments: Instruments<(typeof metrics)['definitions']>;
  blockTimeMs: number;
  makesEmptyBlocks: boolean;
  /** Whether this instance still has the right to make blocks. */
  holdsLease: () => Promise<boolean>;
}

/** The only validator: its own vote is more than two thirds, so it makes one block per tick and asks nobody. */
export class SoleSeat implements Seat {
  readonly #deps: SoleSeatDeps;
  #fence: number | undefined;
  /** The last tick that was met or counted as skipped. */
  #lastTick = 0;

  constructor(deps: SoleSeatDeps) {
    this.#deps = deps;
  }

  async open(tip: BlockDocument, fence: number): Promise<void> {
    const { clock, blockTimeMs } = this.#deps;
    if (this.#fence === fence) return; // a setback under the same lease: the ticks go on where they were
    this.#fence = fence;
    this.#lastTick = lastTickAtStart(clock.nowMs(), tip.header.timestamp, blockTimeMs);
  }

  close(): void {
    // Nobody waits for anything.
  }

  async hear(): Promise<void> {
    throw errors.NOT_WRITER();
  }

  async turn(): Promise<number> {
    const { clock, blockTimeMs, instruments } = this.#deps;
    const nowMs = clock.nowMs();
    const tick = tickAt(nowMs, blockTimeMs);
    if (tick <= this.#lastTick) return tickStartMs(this.#lastTick + 1, blockTimeMs) - nowMs;
    const passed = tick - this.#lastTick - 1;
    if (passed > 0) instruments.ticks_skipped_total.inc({ reason: 'late' }, passed);
    this.#lastTick = tick;
    let isMet = false;
    try {
      isMet = await this.#meet(nowMs);
    } finally {
      if (!isMet) instruments.ticks_skipped_total.inc({ reason: 'failed' });
    }
    return 0;
  }

  async accept(judge: (parent: BlockDocument) => Promise<Block>): Promise<BlockDocument> {
    const { head, holdsLease } = this.#deps;
    const { tip } = head;
    if (!tip || !(await holdsLease())) throw errors.NOT_WRITER();
    const block = await judge(tip);
    const committed = await head.commit(block, this.#certificateOf(block));
    if (!committed) throw errors.HEIGHT_TAKEN();
    return committed;
  }

  /** @returns false when this tick gets no block although it should */
  async #meet(nowMs: number): Promise<boolean> {
    const { head, ledger, ranking, instruments, makesEmptyBlocks, holdsLease } = this.#deps;
    const parent = head.tip;
    if (!(await holdsLease()) || !parent) return false;
    if (nowMs <= instantOf(parent.header.timestamp)) return false; // the clock was set back
    if (makesEmptyBlocks || (await ledger.mempool.oldest(1)).length > 0) {
      const done = instruments.blockchain_block_production_seconds.startTimer();
      const request = { parent, timestampMs: nowMs, fallbackIndex: 0, ranking: ranking.at(parent) };
      const { block, unkept } = await sealBlock(this.#deps, request);
      if (makesEmptyBlocks || block.transactions.length > 0) {
        await keepTransactions(ledger, unkept, block.header.timestamp);
        if (!(await head.commit(block, this.#certificateOf(block)))) return false;
      }
      done();
    }
    head.met();
    return true;
  }

  #certificateOf({ header, hash }: Block): Certificate {
    const { validators, key } = this.#deps;
    const view = viewOf(header.slot, header.fallback_index);
    const ballot = {
      phase: 'precommit' as const,
      height: header.height,
      view,
      block_hash: hash,
      validator: validators.self,
    };
    const { validator, signature } = signVote(ballot, validators.genesis.hash, key);
    return { view, votes: [{ validator, signature }] };
  }
}
