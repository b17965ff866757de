import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isoTime } from '@lucid/clock';
import { sealedName } from '../domain/chunk-name.ts';
import { isAtRest } from '../domain/recording-state.ts';
import type { RecoveryPlan } from '../domain/recovery-plan.ts';
import { errors } from '../errors.ts';
import type { RecordingDocument } from './documents.ts';
import { hashOf } from './hash-file.ts';
import { Registrar } from './registrar.ts';
import { SessionFolder } from './session-folder.ts';
import { SessionWriter } from './session-writer.ts';
import { storedProgress } from './stored-progress.ts';
import type { Interruption, UploadOutcome } from './upload-outcome.ts';
import type { Workshop } from './workshop.ts';

/** How long a stop waits for MongoDB to know every chunk; then the caller is told to come back. */
const REGISTRATION_WAIT_MS = 8000;
const SWEEP_AT_ONCE = 200;
const STORED_OFFSET_WAIT_MS = 200;

/** What was found on disk when the recording was picked up. */
export type Findings = Pick<RecoveryPlan, 'register' | 'keep' | 'tail'>;

/** One recording that this instance owns: its files, its way into the queue, its lease. */
export class HeldRecording {
  readonly #shop: Workshop;
  readonly #folder: SessionFolder;
  readonly #registrar: Registrar;
  readonly #onDisk = new Set<number>();
  #recording: RecordingDocument;
  #writer: SessionWriter | undefined;
  #leaseUntilMs = 0;
  #refreshing: Promise<void> | undefined;
  #isReported = false;

  private constructor(shop: Workshop, recording: RecordingDocument, folder: SessionFolder) {
    this.#shop = shop;
    this.#recording = recording;
    this.#folder = folder;
    this.#registrar = new Registrar({
      chunks: shop.chunks,
      recording,
      recorderId: shop.context.instanceId,
      clock: shop.context.clock,
      logger: shop.context.logger,
      signal: shop.context.lifecycle.signal,
      ensureOwner: () => this.#ensureOwner(),
      onPending: (change) => shop.instruments.recorder_registrations_pending.inc(change),
    });
  }

  /** Opens the folder, hashes and registers what was sealed but unknown, and continues the open chunk. */
  static async open(
    shop: Workshop,
    recording: RecordingDocument,
    findings: Findings,
  ): Promise<HeldRecording> {
    const folder = new SessionFolder(shop.fs, join(shop.settings.DATA_DIR, recording._id));
    const held = new HeldRecording(shop, recording, folder);
    for (const sequence of findings.keep) held.#onDisk.add(sequence);
    for (const { sequence, offset, sizeBytes } of findings.register) {
      const file = await folder.read(sequence);
      if (!file) throw new Error(`${sealedName(sequence)} of ${recording._id} vanished during recovery`);
      held.#onDisk.add(sequence);
      held.#registrar.add({ sequence, offset, sizeBytes, hash: await hashOf(file.bytes) });
    }
    held.#writer = await SessionWriter.open({
      fs: shop.fs,
      folder,
      clock: shop.context.clock,
      instruments: shop.instruments,
      maxSizeBytes: recording.max_size_bytes,
      rules: {
        chunkSizeBytes: recording.chunk_size_bytes,
        maxAgeMs: shop.settings.CHUNK_MAX_SECONDS * 1000,
        plannedEnds: recording.planned_ends,
      },
      status: recording.status,
      tail: findings.tail,
      onSealed: (chunk) => {
        held.#onDisk.add(chunk.sequence);
        held.#registrar.add(chunk);
      },
    });
    if (isAtRest(recording.status) && findings.tail.sizeBytes > 0) await held.writer.stop();
    return held;
  }

  get writer(): SessionWriter {
    if (!this.#writer) throw new Error('the recording is not open yet');
    return this.#writer;
  }

  get recording(): RecordingDocument {
    return this.#recording;
  }

  get folder(): SessionFolder {
    return this.#folder;
  }

  get isFenced(): boolean {
    return this.#registrar.isFenced;
  }

  /** Bytes in storage as far as is known now; an acknowledgement never waits long for MongoDB. */
  async storedOffset(): Promise<number> {
    this.#refreshing ??= this.#refreshStoredOffset().finally(() => {
      this.#refreshing = undefined;
    });
    const enough = new AbortController();
    const pause = this.#shop.context.clock.sleep(STORED_OFFSET_WAIT_MS, enough.signal);
    await Promise.race([this.#refreshing, pause.catch(() => undefined)]);
    enough.abort();
    return this.#recording.stored_offset;
  }

  async #refreshStoredOffset(): Promise<void> {
    const { recordings, chunks, context } = this.#shop;
    try {
      const { sequence, offset } = await storedProgress(recordings, chunks, this.#recording);
      this.#recording = { ...this.#recording, stored_sequence: sequence, stored_offset: offset };
    } catch (error) {
      context.logger.warn({ reason: String(error) }, 'the stored offset is as of a moment ago');
    }
  }

  async append(source: Readable, offset: number): Promise<UploadOutcome> {
    const outcome = await this.writer.append(source, offset);
    if (outcome.kind === 'disk') await this.report();
    return outcome;
  }

  /** Makes a chunk of what came so far; more may come. @throws 7102 when the disk fails */
  async seal(): Promise<void> {
    if (await this.writer.seal()) return;
    await this.report();
    throw errors.NOT_RECORDING({ details: { status: this.writer.status } });
  }

  /** Idempotent. @throws when MongoDB does not know everything yet; the caller repeats it */
  async stop(): Promise<void> {
    const { recordings, chunks, context } = this.#shop;
    const { _id, epoch } = this.#recording;
    if (isAtRest(this.#recording.status)) return;
    if (!(await recordings.setStatus(_id, epoch, 'stopping', {}))) throw errors.OWNER_AWAY();
    this.#recording = { ...this.#recording, status: 'stopping' };
    const isWhole = await this.writer.stop();
    await this.#registrar.flushed(REGISTRATION_WAIT_MS);
    await this.report();
    if (!isWhole || this.#registrar.conflict) return;
    await chunks.dropBeyond(_id, this.writer.sealedChunks);
    const fields = { durable_offset: this.writer.durableOffset, stopped_at: isoTime(context.clock) };
    await recordings.setStatus(_id, epoch, 'stopped', fields);
    this.writer.markStopped();
    this.#recording = { ...this.#recording, ...fields, status: 'stopped' };
  }

  /** Writes down that the recording failed, once; tried again every second until MongoDB has it. */
  async report(): Promise<void> {
    const { recordings, context } = this.#shop;
    if (this.#registrar.conflict && this.writer.status !== 'failed')
      await this.writer.giveUp(this.#registrar.conflict);
    if (this.writer.status !== 'failed' || this.#isReported) return;
    const fields = {
      error: this.writer.failure ?? this.#recording.error ?? 'unknown',
      durable_offset: this.writer.durableOffset,
      stopped_at: isoTime(context.clock),
    };
    try {
      await recordings.setStatus(this.#recording._id, this.#recording.epoch, 'failed', fields);
      this.#recording = { ...this.#recording, ...fields, status: 'failed' };
      this.#isReported = true;
    } catch (error) {
      context.logger.warn(
        { session_id: this.#recording._id, reason: String(error) },
        'failure not noted yet',
      );
    }
  }

  /** @returns false when another recorder owns it by now */
  async renew(): Promise<boolean> {
    const { recordings, settings, context } = this.#shop;
    const { clock } = context;
    const leaseMs = settings.OWNER_LEASE_SECONDS * 1000;
    const startedMs = clock.monotonicMs();
    const isOurs = await recordings.renew(this.#recording._id, this.#recording.epoch, {
      owner: { instance_id: context.instanceId, address: context.advertisedAddress },
      lease_expires_at_ms: clock.nowMs() + leaseMs,
      durable_offset: this.#writer?.durableOffset ?? this.#recording.durable_offset,
    });
    if (isOurs) this.#leaseUntilMs = startedMs + leaseMs;
    return isOurs;
  }

  async #ensureOwner(): Promise<boolean> {
    return this.#shop.context.clock.monotonicMs() < this.#leaseUntilMs || this.renew();
  }

  /** Removes the plaintext of a chunk that is in storage. */
  async dropPlaintext(sequence: number): Promise<void> {
    await this.#folder.remove({ sequence, kind: 'chunk' });
    this.#onDisk.delete(sequence);
  }

  /**
   * Removes plaintext that other instances have seen stored.
   * @returns true when nothing is left to do for this recording
   */
  async sweep(): Promise<boolean> {
    const oldest = [...this.#onDisk].slice(0, SWEEP_AT_ONCE);
    if (oldest.length > 0) {
      for (const chunk of await this.#shop.chunks.settledAmong(this.#recording._id, oldest)) {
        if (chunk.status === 'quarantined') this.#onDisk.delete(chunk.sequence_number);
        else await this.dropPlaintext(chunk.sequence_number);
      }
    }
    return isAtRest(this.#recording.status) && this.#onDisk.size === 0 && this.#registrar.pending === 0;
  }

  close(reason: Interruption): Promise<void> {
    return this.writer.close(reason);
  }

  /** Nothing here is needed by anyone: no open chunk, no unregistered one, none that waits for a processor. */
  get isDisposable(): boolean {
    const isOpenEmpty = this.writer.durableOffset === 0 || isAtRest(this.#recording.status);
    return isOpenEmpty && this.#onDisk.size === 0 && this.#registrar.pending === 0;
  }
}
