import { repeat } from '@lucid/clock';
import type { CleanupReport } from '@lucid/contracts';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { errors } from '../errors.ts';
import { Cleanup } from './cleanup.ts';
import { moveSession } from './move-session.ts';
import type { Store } from './store.ts';
import type { SweepLease } from './sweep-lease.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How often an instance asks whether a sweep is due. */
const ASK_MS = 60_000;
const SESSIONS_AT_ONCE = 100;

/** Archives what is old enough and cleans up, at one instance at a time. */
export class Sweeper {
  readonly #store: Store;
  readonly #lease: SweepLease;
  readonly #settings: Settings;
  readonly #context: ServiceContext;

  constructor(store: Store, lease: SweepLease, settings: Settings, context: ServiceContext) {
    this.#store = store;
    this.#lease = lease;
    this.#settings = settings;
    this.#context = context;
  }

  start(): void {
    const { lifecycle, clock, logger } = this.#context;
    const onError = (error: unknown) => {
      this.#store.instruments.storage_sweeps_total.inc({ outcome: 'failed' });
      logger.warn({ err: error }, 'a sweep failed; it is made again');
    };
    const round = async () => {
      await this.sweepIfDue(lifecycle.signal);
      return false;
    };
    lifecycle.background('sweep', (signal) => repeat(round, { clock, pauseMs: ASK_MS, signal, onError }));
  }

  /** @returns whether it was due here. A sweep that fails is due again as soon as its lease is given back. */
  async sweepIfDue(signal: AbortSignal): Promise<boolean> {
    const { clock, logger } = this.#context;
    if (!(await this.#lease.take(clock.nowMs(), 'due'))) return false;
    let nextAtMs: number | undefined;
    try {
      const archived = await this.#archiveOld(signal);
      const report = await this.#cleanup(false, signal);
      nextAtMs = clock.nowMs() + this.#settings.SWEEP_HOURS * HOUR_MS;
      const { storage_sweeps_total, storage_last_sweep_timestamp_seconds } = this.#store.instruments;
      storage_sweeps_total.inc({ outcome: 'finished' });
      storage_last_sweep_timestamp_seconds.set(clock.nowMs() / 1000);
      logger.info({ archived_sessions: archived, ...report }, 'swept');
      return true;
    } finally {
      await this.#lease.release(nextAtMs);
    }
  }

  /** @throws 7215 while somebody else cleans up */
  async cleanup(isDryRun: boolean, signal: AbortSignal): Promise<CleanupReport> {
    if (isDryRun) return this.#cleanup(true, signal);
    if (!(await this.#lease.take(this.#context.clock.nowMs(), 'now'))) throw errors.CLEANUP_RUNNING();
    try {
      return await this.#cleanup(false, signal);
    } finally {
      await this.#lease.release();
    }
  }

  async #archiveOld(signal: AbortSignal): Promise<number> {
    const { clock } = this.#context;
    const days = this.#settings.ARCHIVE_AFTER_DAYS;
    if (days === 0) return 0;
    const before = new Date(clock.nowMs() - days * DAY_MS).toISOString();
    const tried = new Set<string>();
    for (;;) {
      const found = await this.#store.chunks.archivable(before, SESSIONS_AT_ONCE + tried.size);
      const sessions = found.filter((sessionId) => !tried.has(sessionId));
      if (sessions.length === 0) return tried.size;
      for (const sessionId of sessions) {
        tried.add(sessionId);
        await this.#archive(sessionId, signal);
      }
    }
  }

  async #archive(sessionId: string, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#context;
    for (let isDone = false; !isDone; ) {
      await this.#onward(signal);
      const move = await moveSession(this.#store, { sessionId, to: 'archive', clock, signal });
      isDone = move.done;
      if (move.failed.length > 0)
        logger.error({ session_id: sessionId, failed: move.failed }, 'chunks stay unarchived');
    }
  }

  async #cleanup(isDryRun: boolean, signal: AbortSignal): Promise<CleanupReport> {
    const { files, chunks, instruments } = this.#store;
    const report = await new Cleanup({
      files,
      chunks,
      clock: this.#context.clock,
      ageMs: this.#settings.CLEANUP_AGE_HOURS * HOUR_MS,
      quarantineMs: this.#settings.QUARANTINE_DAYS * DAY_MS,
      isDryRun,
      onward: () => (isDryRun ? Promise.resolve(signal.throwIfAborted()) : this.#onward(signal)),
    }).run();
    if (!isDryRun)
      for (const what of ['temporary', 'unknown', 'duplicates', 'deleted', 'expired'] as const)
        instruments.storage_removed_files_total.inc({ what }, report[what].files);
    return report;
  }

  /** @throws when the lease is lost: another instance goes on; or when nobody waits any more */
  async #onward(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!(await this.#lease.renew(this.#context.clock.nowMs()))) throw errors.CLEANUP_RUNNING();
  }
}
