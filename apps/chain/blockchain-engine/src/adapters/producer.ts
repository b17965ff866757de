import type { Clock } from '@lucid/clock';
import type { Input } from '@lucid/consensus';
import type { Block } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import type { BlockDocument } from '../domain/block-document.ts';
import { nextProducerState, type ProducerEvent, type ProducerState } from '../domain/producer-state.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import type { ChainHead } from './chain-head.ts';
import type { Ledger } from './ledger.ts';
import { Nap } from './nap.ts';
import type { Seat } from './seat.ts';
import { SWEEP_EVERY_MS, sweep } from './sweep.ts';
import { Turns } from './turns.ts';
import type { WriterLease } from './writer-lease.ts';

export interface ProducerDeps {
  lease: WriterLease;
  head: ChainHead;
  ledger: Ledger;
  clock: Clock;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
  leaseMs: number;
  /** What the holder of the lease does. */
  seat: (producer: Pick<Producer, 'holdsLease' | 'soon'>) => Seat;
}

const STANDBY_POLL_MS = 1000;
const SETBACK_PAUSE_MS = 500;

/** Competes for the lease, and while this instance holds it, takes the validator's seat. */
export class Producer {
  readonly #deps: ProducerDeps;
  readonly #seat: Seat;
  readonly #turns = new Turns();
  readonly #nap = new Nap();
  #state: ProducerState = 'standby';
  #fence = 0;
  #renewedMs = 0;
  #sweptMs = 0;
  #isStart = true;

  constructor(deps: ProducerDeps) {
    this.#deps = deps;
    this.#sweptMs = deps.clock.monotonicMs();
    this.#seat = deps.seat(this);
  }

  get state(): ProducerState {
    return this.#state;
  }

  /** Since the chain did last what it should, or since this instance became the writer. 0 while it is not. */
  get idleMs(): number {
    return this.#state === 'standby' ? 0 : this.#deps.head.idleMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, lease, logger } = this.#deps;
    while (!signal.aborted) {
      const pauseMs = await this.#turns
        .take(() => this.turn())
        .catch((error: unknown) => {
          this.#setBack(error);
          return SETBACK_PAUSE_MS;
        });
      await this.#nap.take(clock, pauseMs, signal);
    }
    await this.#turns.take(async () => this.#seat.close());
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
        return this.#work();
    }
  }

  /** What other validators say. @throws 6202 on an instance that has not the seat */
  hear(inputs: readonly Input<Block>[]): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#state !== 'active') throw errors.NOT_WRITER();
      try {
        await this.#seated(() => this.#seat.hear(inputs));
      } catch (error) {
        this.#setBack(error);
        throw error;
      }
      this.#nap.end();
    });
  }

  /** Takes a block that this validator signed somewhere else. @throws 6202, 6003, 501 among several validators */
  accept(judge: (parent: BlockDocument) => Promise<Block>): Promise<BlockDocument> {
    return this.#turns.take(() => {
      if (this.#state !== 'active') throw errors.NOT_WRITER();
      return this.#seated(() => this.#seat.accept(judge));
    });
  }

  /** Has work done for the seat as soon as nothing else is. Forgotten when the lease has changed hands or was set back since. */
  soon(work: () => Promise<void>): void {
    const fence = this.#fence;
    void this.#turns
      .take(async () => {
        if (this.#state === 'active' && this.#fence === fence) await this.#seated(work);
      })
      .catch((error: unknown) => this.#setBack(error))
      .then(() => this.#nap.end());
  }

  /** Renews the lease. @returns false when another instance has it now */
  async holdsLease(): Promise<boolean> {
    const { lease, clock, logger } = this.#deps;
    const holds = await lease.renew();
    if (holds) this.#renewedMs = clock.monotonicMs();
    else {
      logger.warn('another instance makes the blocks now');
      this.#enter('lease_lost');
    }
    return holds;
  }

  async #compete(): Promise<number> {
    const { lease, clock, logger, instruments, head } = this.#deps;
    const grant = await lease.acquire(this.#isStart);
    this.#isStart = false;
    if (!grant) return STANDBY_POLL_MS;
    this.#fence = grant.fence;
    this.#renewedMs = clock.monotonicMs();
    head.begin(grant.fence);
    if (grant.isTakeover) instruments.leader_takeovers_total.inc();
    logger.info({ fence: grant.fence }, 'this instance makes the blocks');
    this.#enter('lease_won');
    return 0;
  }

  async #sync(): Promise<number> {
    if (!(await this.holdsLease())) return STANDBY_POLL_MS;
    const tip = await this.#deps.head.sync();
    await this.#seat.open(tip, this.#fence);
    this.#enter('synced');
    return 0;
  }

  async #work(): Promise<number> {
    const pauseMs = await this.#seated(() => this.#seat.turn());
    if (pauseMs <= 0 || this.#state !== 'active') return 0;
    await this.#keepHouse();
    return Math.max(1, Math.min(pauseMs, this.#deps.leaseMs / 3));
  }

  /** After a commit that did not go through, the store is looked at anew. */
  async #seated<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } finally {
      if (!this.#deps.head.isInLine) this.#enter('setback');
    }
  }

  #setBack(error: unknown): void {
    this.#deps.logger.error({ err: error, state: this.#state }, 'the chain does not go on for now');
    this.#enter('setback');
  }

  async #keepHouse(): Promise<void> {
    const { clock, leaseMs, ledger, instruments } = this.#deps;
    instruments.mempool_size.set(await ledger.mempool.size());
    if (clock.monotonicMs() - this.#renewedMs >= leaseMs / 3 && !(await this.holdsLease())) return;
    if (clock.monotonicMs() - this.#sweptMs < SWEEP_EVERY_MS) return;
    this.#sweptMs = clock.monotonicMs();
    await sweep(ledger, clock);
  }

  #enter(event: ProducerEvent): void {
    const before = this.#state;
    this.#state = nextProducerState(this.#state, event);
    if (before === 'active' && this.#state !== 'active') this.#seat.close();
    this.#deps.instruments.blockchain_writer.set(this.#state === 'active' ? 1 : 0);
  }
}
