import { isoTime } from '@lucid/clock';
import { autoStop, type StopReason } from '../domain/auto-stop.ts';
import { isAtRest, nextStatus } from '../domain/recording-state.ts';
import { errors } from '../errors.ts';
import type { Capture } from './capture.ts';
import type { ChunkIntake } from './chunk-intake.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { RecordingRecord } from './recording-record.ts';
import type { Registrar } from './registrar.ts';
import type { SessionWriter } from './session-writer.ts';
import type { Workshop } from './workshop.ts';

/** How long a stop waits for MongoDB to know every chunk; then the caller is told to come back. */
const REGISTRATION_WAIT_MS = 8000;

/** What a recording consists of while this instance holds it. */
export interface Parts {
  shop: Workshop;
  record: RecordingRecord;
  writer: SessionWriter;
  registrar: Registrar;
  /** Present once a client has handed in a chunk that it cut itself. */
  intake: () => ChunkIntake | undefined;
  /** @returns the capture when it runs */
  capture: () => Capture | undefined;
  startCapture: () => Promise<void>;
  durableOffset: () => number;
}

/**
 * Takes a recording from one state to the next, one step at a time: what MongoDB must know is written first, so that a crash
 * at any moment leaves a state from which the restarted recorder goes on.
 */
export class RecordingControl {
  readonly #parts: Parts;
  readonly #turns = new OneAtATime();
  #isReported = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** From starting to recording; picks up what a crash has interrupted. */
  begin(): Promise<void> {
    return this.#turns.run(async () => {
      const { record, writer, startCapture } = this.#parts;
      if (record.document.status === 'starting') {
        await record.note('recording');
        writer.opened();
      }
      if (writer.status === 'paused') await writer.seal();
      if (writer.status === 'recording') await startCapture();
    });
  }

  /** Idempotent. @throws 7102, 7126 */
  pause(): Promise<void> {
    return this.#turns.run(async () => {
      const { shop, record, writer, capture } = this.#parts;
      this.#mustAllow('pause');
      if (record.document.status !== 'paused')
        await record.note('paused', { paused_at: isoTime(shop.context.clock) });
      await capture()?.stop();
      if (!(await writer.pause())) await this.#report();
    });
  }

  /** Idempotent. @throws 7102, 7126 */
  resume(): Promise<void> {
    return this.#turns.run(async () => {
      const { record, writer, startCapture } = this.#parts;
      this.#mustAllow('resume');
      if (record.document.status === 'paused') await record.note('recording');
      writer.resume();
      await startCapture();
    });
  }

  /** Idempotent. @throws when MongoDB does not know everything yet; the caller repeats it */
  stop(reason: StopReason): Promise<void> {
    return this.#turns.run(() => this.#stop(reason));
  }

  async #stop(reason: StopReason): Promise<void> {
    const { shop, record, writer, registrar, intake, capture } = this.#parts;
    if (isAtRest(record.document.status)) return;
    const { clock } = shop.context;
    if (record.document.status !== 'stopping')
      await record.note('stopping', { stop_reason: reason, stop_requested_at: isoTime(clock) });
    await capture()?.stop();
    const isWhole = await writer.stop();
    await intake()?.settled();
    if (isWhole && (await this.#mayStillCome())) return;
    await registrar.flushed(REGISTRATION_WAIT_MS);
    await this.#report();
    if (isAtRest(writer.status) || registrar.conflict) return;
    await shop.chunks.dropBeyond(record.document._id, intake()?.highest ?? writer.sealedChunks);
    const fields = { durable_offset: this.#parts.durableOffset(), stopped_at: isoTime(clock) };
    await record.note('stopped', fields);
    writer.markStopped();
  }

  /** @returns true while missing client-cut chunks are waited for; after that the recording fails, what came is processed */
  async #mayStillCome(): Promise<boolean> {
    const { shop, record, writer, intake } = this.#parts;
    const missing = intake()?.missing ?? [];
    if (missing.length === 0) return false;
    const { clock } = shop.context;
    const waitedMs = clock.nowMs() - Date.parse(record.document.stop_requested_at ?? isoTime(clock));
    if (waitedMs < shop.settings.CHUNK_GAP_SECONDS * 1000) return true;
    await intake()?.placeAll();
    await writer.giveUp(`chunks are missing: ${missing.join(', ')}`);
    return false;
  }

  /** Writes down that the recording failed, once; tried again every second until MongoDB has it. */
  report(): Promise<void> {
    return this.#turns.run(() => this.#report());
  }

  async #report(): Promise<void> {
    const { shop, record, writer, registrar, intake } = this.#parts;
    if (registrar.conflict && writer.status !== 'failed') await writer.giveUp(registrar.conflict);
    if (writer.status !== 'failed' || this.#isReported) return;
    await intake()?.placeAll();
    try {
      await record.note('failed', {
        error: writer.failure ?? record.document.error ?? 'unknown',
        durable_offset: this.#parts.durableOffset(),
        stopped_at: isoTime(shop.context.clock),
      });
      this.#isReported = true;
    } catch (error) {
      const about = { session_id: record.document._id, reason: String(error) };
      shop.context.logger.warn(about, 'failure not noted yet');
    }
  }

  /** Every second: ends what has reached a limit, goes on with a stop, notes a failure. */
  async tick(): Promise<void> {
    const { shop, record } = this.#parts;
    await this.report();
    const reason = this.#limitReached();
    if (reason) shop.instruments.recorder_auto_stops_total.inc({ reason });
    if (!reason && record.document.status !== 'stopping') return;
    await this.stop(reason ?? 'requested').catch((error: unknown) => {
      const about = { session_id: record.document._id, reason: String(error) };
      shop.context.logger.warn(about, 'not stopped yet');
    });
  }

  #limitReached(): StopReason | undefined {
    const { shop, record, writer } = this.#parts;
    const { settings, context } = shop;
    if (record.document.status === 'stopping') return undefined;
    return autoStop(
      {
        status: writer.status,
        ageMs: context.clock.nowMs() - Date.parse(record.document.started_at),
        silentMs: context.clock.monotonicMs() - writer.lastByteMs,
        isBeyondSize: writer.isBeyondSize,
      },
      {
        maxDurationMs: settings.MAX_RECORDING_SECONDS * 1000,
        idleMs: settings.RECORDING_IDLE_SECONDS * 1000,
      },
    );
  }

  #mustAllow(event: 'pause' | 'resume'): void {
    const { status } = this.#parts.writer;
    if (nextStatus(status, event)) return;
    throw status === 'starting'
      ? errors.ILLEGAL_WHILE_STARTING()
      : errors.NOT_RECORDING({ details: { status } });
  }
}
