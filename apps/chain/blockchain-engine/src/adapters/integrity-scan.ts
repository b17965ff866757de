import { type Clock, isoTime } from '@lucid/clock';
import type { IntegrityReport } from '@lucid/contracts';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import { defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import { advanced, NO_PROGRESS, nextRound, nextStep, type ScanProgress } from '../domain/scan-progress.ts';
import type { metrics } from '../metrics.ts';
import { checkChain } from './check-chain.ts';
import type { Ledger } from './ledger.ts';
import type { Quarantine } from './quarantine.ts';
import type { Validators } from './validators.ts';
import type { ChainThreads } from './workers/chain-threads.ts';

interface ScanDocument extends ScanProgress {
  _id: 'integrity';
}
export const scanDefinition = defineCollection<ScanDocument>('blockchain_state', []);

export interface IntegrityScanDeps {
  ledger: Ledger;
  validators: Validators;
  quarantine: Quarantine;
  threads: Pick<ChainThreads, 'signatures'>;
  progress: Collection<ScanDocument>;
  clock: Clock;
  logger: Logger;
  instruments: Pick<
    Instruments<(typeof metrics)['definitions']>,
    'chain_integrity_height' | 'chain_integrity_rounds_total' | 'quarantined_blocks'
  >;
  blocksPerSecond: number;
  /** Between two rounds. */
  restMs: number;
  /** Only where this says so: one instance of a chain is enough. */
  isOurs: () => boolean;
  /** A block of ours does not hold: whoever can get it from elsewhere does so, and says whether the chain is whole there. */
  repair: (height: number) => Promise<boolean>;
}

const STEP_MS = 1000;
/** Pause after a step, in times of what it took: large blocks are looked at for a tenth of the time, however many there are. */
const REST_PER_WORK = 9;
const MOST_SHOWN = 100;

/**
 * Walks over the whole chain again and again, no faster than it is told nor for more than a tenth of the time, and goes on
 * where it stopped. A block that does
 * not hold is put on record and the walk goes on behind it; one that holds closes its old record.
 */
export class IntegrityScan {
  readonly #deps: IntegrityScanDeps;

  constructor(deps: IntegrityScanDeps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, isOurs } = this.#deps;
    while (!signal.aborted) {
      const pauseMs = isOurs()
        ? await this.step().catch((error: unknown) => {
            logger.warn({ err: error }, 'the scan of the chain goes on later');
            return STEP_MS;
          })
        : STEP_MS;
      await clock.sleep(pauseMs, signal).catch(() => undefined); // only an abort ends the pause early
    }
  }

  /** Looks at the next blocks. @returns how long to wait before the step after */
  async step(): Promise<number> {
    const { ledger, validators, threads, blocksPerSecond, clock, instruments, restMs } = this.#deps;
    const startedMs = clock.monotonicMs();
    const progress = await this.#read();
    const range = nextStep(progress, blocksPerSecond);
    if (!range) {
      await this.#save(nextRound(progress, (await ledger.blocks.head())?._id ?? 0, isoTime(clock)));
      instruments.chain_integrity_rounds_total.inc();
      return restMs;
    }
    const { fault, ...checked } = await checkChain(ledger, validators, range, threads);
    const lastGood = fault ? fault.height - 1 : range.to;
    await this.#deps.quarantine.repaired(range.from, lastGood);
    if (fault) await this.#damaged(fault);
    await this.#save(advanced(progress, checked, fault ? fault.height : range.to));
    return Math.max(STEP_MS, REST_PER_WORK * (clock.monotonicMs() - startedMs));
  }

  async report(): Promise<IntegrityReport> {
    const { quarantine } = this.#deps;
    const [progress, open, total, quarantined] = await Promise.all([
      this.#read(),
      quarantine.openCount(),
      quarantine.count(),
      quarantine.newest(MOST_SHOWN),
    ]);
    const sound = progress.rounds_completed > 0 ? 'whole' : 'unknown';
    return { status: open > 0 ? 'damaged' : sound, ...progress, quarantined_total: total, quarantined };
  }

  async #damaged({ height, detail }: { height: number; detail: string }): Promise<void> {
    const { ledger, quarantine, logger, repair } = this.#deps;
    const head = await ledger.blocks.headAt(height);
    logger.error({ height, reason: detail }, 'a kept block does not hold');
    await quarantine.add({ height, hash: head?.hash, reason: detail, source: 'scan' });
    if (await repair(height)) {
      logger.info({ height }, 'the block was got from another validator');
      await quarantine.repaired(height, height);
    }
  }

  async #read(): Promise<ScanProgress> {
    const found = await this.#deps.progress.findOne({ _id: 'integrity' });
    if (!found) return NO_PROGRESS;
    const { _id, ...progress } = found;
    return progress;
  }

  async #save(progress: ScanProgress): Promise<void> {
    const { instruments, quarantine } = this.#deps;
    await this.#deps.progress.updateOne({ _id: 'integrity' }, { $set: progress }, { upsert: true });
    instruments.chain_integrity_height.set(progress.next_height);
    instruments.quarantined_blocks.set(await quarantine.openCount());
  }
}
