import { type Clock, isoTime } from '@lucid/clock';
import type { Input } from '@lucid/consensus';
import { commonErrors } from '@lucid/errors';
import { type Block, type Certificate, tickAt } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import type { BlockDocument } from '../../domain/block-document.ts';
import { instantOf } from '../../domain/ticks.ts';
import type { metrics } from '../../metrics.ts';
import type { ChainHead } from '../chain-head.ts';
import { keepTransactions } from '../keep-transactions.ts';
import type { Ledger } from '../ledger.ts';
import { readBlock } from '../read-block.ts';
import type { Seat } from '../seat.ts';
import type { Council } from './council.ts';
import type { Evidence } from './evidence.ts';
import type { Gossip } from './gossip.ts';

export interface CouncilSeatDeps {
  council: Council;
  head: ChainHead;
  ledger: Ledger;
  gossip: Gossip;
  evidence: Evidence;
  clock: Clock;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
  blockTimeMs: number;
  makesEmptyBlocks: boolean;
  /** Has this done when nothing else is; a failure there ends the sitting. */
  soon: (work: () => Promise<void>) => void;
}

/** Clocks are set back: whoever waits for a moment looks at the clock at least so often. */
const LONGEST_WAIT_MS = 1000;

/** One validator among several: the council says which block and when, this puts it on the chain. */
export class CouncilSeat implements Seat {
  readonly #deps: CouncilSeatDeps;

  constructor(deps: CouncilSeatDeps) {
    this.#deps = deps;
  }

  async open(tip: BlockDocument, fence: number): Promise<void> {
    const { council, ledger, soon } = this.#deps;
    await council.open(await readBlock(ledger.transactions, tip), {
      fence,
      commit: (block, certificate) => this.#commit(block, certificate),
      later: soon,
    });
  }

  close(): void {
    this.#deps.council.close();
  }

  async hear(inputs: readonly Input<Block>[]): Promise<void> {
    for (const input of inputs) await this.#deps.council.take(input);
  }

  async accept(): Promise<BlockDocument> {
    const reason = 'among several validators a block is proposed, by POST /api/v1/consensus/messages';
    throw commonErrors.NOT_IMPLEMENTED({ details: { reason } });
  }

  async turn(): Promise<number> {
    const { clock, council, ledger, head, gossip, makesEmptyBlocks } = this.#deps;
    await gossip.repeat(ledger);
    if (!makesEmptyBlocks) {
      const pending = (await ledger.mempool.oldest(1)).length > 0;
      if (!pending) head.met();
      await council.take({ kind: 'work', pending });
    }
    if (clock.nowMs() >= council.wakeAtMs) await council.take({ kind: 'wake' });
    return Math.max(1, Math.min(council.wakeAtMs - clock.nowMs(), LONGEST_WAIT_MS));
  }

  /** A block that more than two thirds have confirmed. @throws Error when it is not on the chain afterwards */
  async #commit(block: Block, certificate: Certificate): Promise<void> {
    const { head, ledger, clock } = this.#deps;
    const parent = head.tip;
    await keepTransactions(ledger, block.transactions, isoTime(clock));
    if (!(await head.commit(block, certificate)))
      throw new Error(`another block has height ${block.header.height}`);
    if (parent) await this.#report(block, parent, certificate);
  }

  async #report({ header }: Block, parent: BlockDocument, { view }: Certificate): Promise<void> {
    const { instruments, blockTimeMs, makesEmptyBlocks, evidence } = this.#deps;
    const tickOf = (timestamp: string) => tickAt(instantOf(timestamp), blockTimeMs);
    const passed = tickOf(header.timestamp) - tickOf(parent.header.timestamp) - 1;
    if (makesEmptyBlocks && parent._id > 0 && passed > 0)
      instruments.ticks_skipped_total.inc({ reason: 'late' }, passed);
    const isFirst =
      header.slot !== parent.header.slot || header.fallback_index !== parent.header.fallback_index;
    if (header.fallback_index === 0 || !isFirst) return;
    const { height, slot, validator, fallback_index } = header;
    await evidence.note({
      event_type: 'leader_replaced',
      key: String(slot),
      height,
      view,
      validator,
      details: { slot, fallback_index },
    });
  }
}
