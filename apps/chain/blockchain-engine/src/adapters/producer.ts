import { type Clock, isoTime } from '@lucid/clock';
import { type Block, tickAt, tickStartMs } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import { type BlockDocument, toBlockDocument } from '../domain/block-document.ts';
import { nextProducerState, type ProducerEvent, type ProducerState } from '../domain/producer-state.ts';
import { instantOf, lastTickAtStart } from '../domain/ticks.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import { applyBlock } from './apply-block.ts';
import { catchUp } from './catch-up.ts';
import { type SealDeps, sealBlock } from './seal-block.ts';
import { SWEEP_EVERY_MS, sweep } from './sweep.ts';
import { Turns } from './turns.ts';
import type { WriterLease } from './writer-lease.ts';

export interface ProducerDeps extends SealDeps {
  lease: WriterLease;
  clock: Clock;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
  blockTimeMs: number;
  leaseMs: number;
  makesEmptyBlocks: boolean;
}

const STANDBY_POLL_MS = 1000;
const SETBACK_PAUSE_MS = 500;

/** Makes the blocks: one per tick, while this instance holds the lease. */
export class Producer {
  readonly #deps: ProducerDeps;
  readonly #turns = new Turns();
  #state: ProducerState = 'standby';
  #fence = 0;
  #tip: BlockDocument | undefined;
  /** The last tick that was met or counted as skipped; undefined until the first sync under a new lease. */
  #lastTick: number | undefined;
  #metMs = 0;
  #renewedMs = 0;
  #sweptMs = 0;
  #isStart = true;

  constructor(deps: ProducerDeps) {
    this.#deps = deps;
    this.#sweptMs = deps.clock.monotonicMs();
  }

  get state(): ProducerState {
    return this.#state;
  }

  /** Since the last tick that was met, or since this instance became the writer. 0 while it is not. */
  get idleMs(): number {
    return this.#state === 'standby' ? 0 : this.#deps.clock.monotonicMs() - this.#metMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, lease, logger } = this.#deps;
    while (!signal.aborted) {
      const pauseMs = await this.#turns
        .take(() => this.turn())
        .catch((error: unknown) => {
          logger.error({ err: error, state: this.#state }, 'the chain does not go on for now');
          this.#enter('setback');
          return SETBACK_PAUSE_MS;
        });
      await clock.sleep(pauseMs, signal).catch(() => undefined); // only an abort ends the pause early
    }
    await lease
      .release()
      .catch((error: unknown) => logger.warn({ err: error }, 'the lease stays until it expires'));
  }

  /** One look at the clock and what it asks for. @returns how long to wait before the next */
  async turn(): Promise<number> {
    switch (this.#state) {
      case 'standby':
        return this.#compete();
      case 'syncing':
        return this.#sync();
      case 'active':
        return this.#produce();
    }
  }

  /** Takes a block that the leader signed somewhere else. @throws 6202, 6003 */
  accept(judge: (parent: BlockDocument) => Promise<Block>): Promise<BlockDocument> {
    return this.#turns.take(async () => {
      const { lease } = this.#deps;
      if (this.#state !== 'active' || !this.#tip || !(await lease.renew())) throw errors.NOT_WRITER();
      const block = await judge(this.#tip);
      const committed = await this.#commit(block, this.#tip);
      if (!committed) throw errors.HEIGHT_TAKEN();
      return committed;
    });
  }

  async #compete(): Promise<number> {
    const { lease, clock, logger, instruments } = this.#deps;
    const grant = await lease.acquire(this.#isStart);
    this.#isStart = false;
    if (!grant) return STANDBY_POLL_MS;
    this.#fence = grant.fence;
    this.#renewedMs = clock.monotonicMs();
    this.#metMs = this.#renewedMs;
    this.#lastTick = undefined;
    if (grant.isTakeover) instruments.leader_takeovers_total.inc();
    logger.info({ fence: grant.fence }, 'this instance makes the blocks');
    this.#enter('lease_won');
    return 0;
  }

  async #sync(): Promise<number> {
    const { ledger, clock, blockTimeMs } = this.#deps;
    if (!(await this.#holdsLease())) return STANDBY_POLL_MS;
    this.#tip = await catchUp(ledger);
    this.#lastTick ??= lastTickAtStart(clock.nowMs(), this.#tip.header.timestamp, blockTimeMs);
    this.#deps.instruments.blockchain_block_height.set(this.#tip._id);
    this.#enter('synced');
    return 0;
  }

  async #produce(): Promise<number> {
    const { clock, blockTimeMs, leaseMs, instruments } = this.#deps;
    const nowMs = clock.nowMs();
    const tick = tickAt(nowMs, blockTimeMs);
    const lastTick = this.#lastTick ?? tick - 1;
    if (tick <= lastTick) {
      await this.#keepHouse();
      const untilTickMs = tickStartMs(lastTick + 1, blockTimeMs) - clock.nowMs();
      return Math.max(1, Math.min(untilTickMs, leaseMs / 3));
    }
    const passed = tick - lastTick - 1;
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

  /** @returns false when this tick gets no block although it should */
  async #meet(nowMs: number): Promise<boolean> {
    const { clock, instruments, makesEmptyBlocks, ledger } = this.#deps;
    const parent = this.#tip;
    if (!(await this.#holdsLease()) || !parent) return false;
    if (nowMs <= instantOf(parent.header.timestamp)) return false; // the clock was set back
    if (makesEmptyBlocks || (await ledger.mempool.oldest(1)).length > 0) {
      const done = instruments.blockchain_block_production_seconds.startTimer();
      const block = await sealBlock(this.#deps, parent, nowMs);
      if ((makesEmptyBlocks || block.transactions.length > 0) && !(await this.#commit(block, parent)))
        return false;
      done();
    }
    this.#metMs = clock.monotonicMs();
    return true;
  }

  /** @returns undefined when another block has the height; the store is then looked at anew */
  async #commit(block: Block, parent: BlockDocument): Promise<BlockDocument | undefined> {
    const { ledger, clock, instruments } = this.#deps;
    const document = toBlockDocument(block, { parent, fence: this.#fence, createdAt: isoTime(clock) });
    // Until the block is applied, memory may be behind the store: whatever fails from here on leads through a sync.
    this.#enter('setback');
    if (!(await ledger.blocks.append(document))) return undefined;
    await applyBlock(ledger, document);
    this.#tip = document;
    this.#enter('synced');
    this.#count(block, parent);
    instruments.blockchain_block_height.set(document._id);
    return document;
  }

  #count({ header, transactions }: Block, parent: BlockDocument): void {
    const { instruments } = this.#deps;
    instruments.blockchain_blocks_total.inc();
    instruments.slots_missed_total.inc(Math.max(0, header.slot - parent.header.slot - 1));
    for (const { type } of transactions)
      instruments.blockchain_transactions_total.inc({ type, status: 'confirmed' });
  }

  async #keepHouse(): Promise<void> {
    const { clock, leaseMs, ledger, instruments } = this.#deps;
    instruments.mempool_size.set(await ledger.mempool.size());
    if (clock.monotonicMs() - this.#renewedMs >= leaseMs / 3 && !(await this.#holdsLease())) return;
    if (clock.monotonicMs() - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = clock.monotonicMs();
    await sweep(ledger, clock);
  }

  async #holdsLease(): Promise<boolean> {
    const { lease, clock, logger } = this.#deps;
    const holds = await lease.renew();
    if (holds) this.#renewedMs = clock.monotonicMs();
    else {
      logger.warn('another instance makes the blocks now');
      this.#enter('lease_lost');
    }
    return holds;
  }

  #enter(event: ProducerEvent): void {
    this.#state = nextProducerState(this.#state, event);
    this.#deps.instruments.blockchain_writer.set(this.#state === 'active' ? 1 : 0);
  }
}
