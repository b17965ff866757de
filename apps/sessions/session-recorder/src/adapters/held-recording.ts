import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isAtRest } from '../domain/recording-state.ts';
import { UploadRate } from '../domain/upload-rate.ts';
import { errors } from '../errors.ts';
import type { Capture } from './capture.ts';
import type { ChunkIntake, HandedIn } from './chunk-intake.ts';
import type { RecordingDocument, RecordingSource } from './documents.ts';
import type { Findings } from './findings.ts';
import { hashOf } from './hash-file.ts';
import { openIntake } from './open-intake.ts';
import { RecordingControl } from './recording-control.ts';
import { RecordingRecord } from './recording-record.ts';
import { Registrar, type SealedChunk } from './registrar.ts';
import { SessionFolder } from './session-folder.ts';
import { SessionWriter } from './session-writer.ts';
import { startCapture } from './start-capture.ts';
import type { Interruption, UploadOutcome } from './upload-outcome.ts';
import type { Workshop } from './workshop.ts';

const SWEEP_AT_ONCE = 200;
const BYTES_PER_MB = 1_000_000;

/** One recording that this instance owns: its files, its way into the queue, its lease. */
export class HeldRecording {
  readonly record: RecordingRecord;
  readonly folder: SessionFolder;
  readonly writer: SessionWriter;
  readonly control: RecordingControl;
  readonly #shop: Workshop;
  readonly #registrar: Registrar;
  readonly #rate: UploadRate;
  readonly #onDisk = new Set<number>();
  #source: RecordingSource | undefined;
  #intake: ChunkIntake | undefined;
  #openingIntake: Promise<ChunkIntake> | undefined;
  #capture: Capture | undefined;

  private constructor(
    shop: Workshop,
    record: RecordingRecord,
    parts: { folder: SessionFolder; writer: SessionWriter; registrar: Registrar; rate: UploadRate },
  ) {
    this.#shop = shop;
    this.record = record;
    this.folder = parts.folder;
    this.writer = parts.writer;
    this.#registrar = parts.registrar;
    this.#rate = parts.rate;
    this.#source = record.document.source ?? (parts.writer.durableOffset > 0 ? 'stream' : undefined);
    this.control = new RecordingControl({
      shop,
      record,
      writer: parts.writer,
      registrar: parts.registrar,
      intake: () => this.#intake,
      capture: () => this.#capture,
      startCapture: () => this.#startCapture(),
      durableOffset: () => this.durableOffset,
    });
  }

  /** Opens the folder, hashes and registers what was sealed but unknown, and continues the open chunk. */
  static async open(shop: Workshop, document: RecordingDocument, findings: Findings): Promise<HeldRecording> {
    const { fs, settings, context, instruments } = shop;
    const record = new RecordingRecord(shop, document);
    const folder = new SessionFolder(fs, join(settings.DATA_DIR, document._id));
    const rate = new UploadRate(settings.UPLOAD_MB_PER_SECOND * BYTES_PER_MB);
    let held: HeldRecording | undefined;
    const early: SealedChunk[] = [];
    const registrar = new Registrar({
      chunks: shop.chunks,
      recording: document,
      recorderId: context.instanceId,
      clock: context.clock,
      logger: context.logger,
      signal: context.lifecycle.signal,
      ensureOwner: async () =>
        record.isLeased || record.renew(held?.durableOffset ?? document.durable_offset),
      onPending: (change) => instruments.recorder_registrations_pending.inc(change),
      onRegistered: ({ sequence }) => held?.registered(sequence),
    });
    const writer = await SessionWriter.open({
      fs,
      folder,
      clock: context.clock,
      instruments,
      maxSizeBytes: document.max_size_bytes,
      rules: {
        chunkSizeBytes: document.chunk_size_bytes,
        maxAgeMs: settings.CHUNK_MAX_SECONDS * 1000,
        plannedEnds: document.planned_ends,
      },
      status: document.status,
      tail: findings.tail,
      rate,
      onSealed: (chunk) => (held ? held.#sealed(chunk) : early.push(chunk)),
    });
    held = new HeldRecording(shop, record, { folder, writer, registrar, rate });
    for (const chunk of early) held.#sealed(chunk);
    await held.#adopt(findings);
    return held;
  }

  /** The queue knows a chunk by now. */
  registered(sequence: number): void {
    this.#intake?.registered(sequence);
  }

  async #adopt({ keep, register, gaps, tail }: Findings): Promise<void> {
    await this.folder.clearIncoming();
    for (const sequence of keep) this.#onDisk.add(sequence);
    for (const { sequence, offset, sizeBytes } of register)
      this.#sealed({ sequence, offset, sizeBytes, hash: await this.#hashOf(sequence) });
    if (this.#source === 'chunks') {
      const after = { sequence: tail.sequence - 1, offset: tail.offset };
      const files = [];
      for (const { sequence, sizeBytes } of gaps?.unregistered ?? []) {
        this.#onDisk.add(sequence);
        files.push({ sequence, sizeBytes, hash: await this.#hashOf(sequence) });
      }
      this.#intake = this.#newIntake(after);
      this.#intake.adopt([...(gaps?.beyond ?? []), ...files]);
    }
    const { status } = this.record.document;
    if (isAtRest(status) && tail.sizeBytes > 0) await this.writer.stop();
    if (status === 'failed') await this.#intake?.placeAll();
  }

  async #hashOf(sequence: number): Promise<string> {
    const file = await this.folder.read(sequence);
    if (!file) throw new Error(`chunk ${sequence} of ${this.record.document._id} vanished during recovery`);
    return hashOf(file.bytes);
  }

  #sealed(chunk: SealedChunk): void {
    this.#onDisk.add(chunk.sequence);
    this.#shop.instruments.chunk_size_bytes.observe(chunk.sizeBytes);
    this.#registrar.add(chunk);
  }

  #newIntake(after: { sequence: number; offset: number }): ChunkIntake {
    return openIntake(this.#shop, {
      document: this.record.document,
      folder: this.folder,
      writer: this.writer,
      rate: this.#rate,
      after,
      onKept: (sequence) => this.#onDisk.add(sequence),
      onPlaced: (chunk) => this.#sealed(chunk),
    });
  }

  get recording(): RecordingDocument {
    return this.record.document;
  }

  get isFenced(): boolean {
    return this.#registrar.isFenced;
  }

  get source(): RecordingSource | undefined {
    return this.#source;
  }

  /** Bytes that survive a crash of this machine. */
  get durableOffset(): number {
    return this.#intake?.sizeBytes ?? this.writer.durableOffset;
  }

  /** Numbers of client-cut chunks that have not come although later ones have. */
  get missing(): number[] {
    return this.#intake?.missing ?? [];
  }

  /** @throws 7116 when the bytes of this recording come another way */
  async append(source: Readable, offset: number): Promise<UploadOutcome> {
    this.#choose('stream');
    const outcome = await this.writer.append(source, offset);
    if (outcome.kind === 'disk') await this.control.report();
    return outcome;
  }

  /** Takes a chunk that the client has cut. @throws as `ChunkIntake.take`; 7116 */
  async take(given: HandedIn): Promise<{ isNew: boolean; sizeBytes?: number }> {
    if (!this.#intake) this.#choose('chunks'); // later ones are refused by the intake: a repeat never is
    const intake = await this.#opened();
    return intake.take(given);
  }

  /** The record says so before the first chunk is kept: files alone do not tell who has cut them. */
  #opened(): Promise<ChunkIntake> {
    if (this.#intake) return Promise.resolve(this.#intake);
    const open = async () => {
      await this.record.keep({ source: 'chunks' });
      this.#intake ??= this.#newIntake({ sequence: 0, offset: 0 });
      return this.#intake;
    };
    this.#openingIntake ??= open().finally(() => {
      this.#openingIntake = undefined;
    });
    return this.#openingIntake;
  }

  #choose(source: 'stream' | 'chunks'): void {
    if ((this.#source ?? source) !== source) throw errors.OTHER_SOURCE({ details: { source: this.#source } });
    this.writer.mustBeOpen();
    this.#source = source;
  }

  async #startCapture(): Promise<void> {
    const { source } = this.record.document;
    if (source !== 'testsrc' && source !== 'x11') return;
    await this.#capture?.stop();
    this.#capture = await startCapture(this.#shop, source, this);
  }

  /** Makes a chunk of what came so far; more may come. @throws 7102 when the disk fails */
  async seal(): Promise<void> {
    if (await this.writer.seal()) return;
    await this.control.report();
    throw errors.NOT_RECORDING({ details: { status: this.writer.status } });
  }

  async tick(): Promise<void> {
    const idleLimitMs = this.#shop.settings.UPLOAD_IDLE_SECONDS * 1000;
    await this.writer.tick(idleLimitMs);
    this.#intake?.tick(idleLimitMs);
    if (!this.isFenced) await this.control.tick();
  }

  /** @returns false when another recorder owns it by now */
  renew(): Promise<boolean> {
    return this.record.renew(this.durableOffset);
  }

  /** A quarantined chunk goes back into the queue: its plaintext is removed once it is stored. */
  requeued(sequence: number): void {
    this.#onDisk.add(sequence);
  }

  /** Removes the plaintext of a chunk that is in storage. */
  async dropPlaintext(sequence: number): Promise<void> {
    await this.folder.remove({ sequence, kind: 'chunk' });
    this.#onDisk.delete(sequence);
  }

  /**
   * Removes plaintext that other instances have seen stored.
   * @returns true when nothing is left to do for this recording
   */
  async sweep(): Promise<boolean> {
    const oldest = [...this.#onDisk].slice(0, SWEEP_AT_ONCE);
    if (oldest.length > 0) {
      for (const chunk of await this.#shop.chunks.settledAmong(this.recording._id, oldest)) {
        if (chunk.status === 'quarantined') this.#onDisk.delete(chunk.sequence_number);
        else await this.dropPlaintext(chunk.sequence_number);
      }
    }
    return isAtRest(this.recording.status) && this.#onDisk.size === 0 && this.#registrar.pending === 0;
  }

  /** Ends what is being received. */
  async interrupt(reason: Interruption): Promise<void> {
    await Promise.all([
      this.#capture?.stop(),
      this.#intake?.close(reason),
      ...(this.#capture ? [] : [this.writer.interrupt(reason)]),
    ]);
  }

  async close(reason: Interruption): Promise<void> {
    await this.interrupt(reason);
    await this.writer.close(reason);
  }

  /** Nothing here is needed by anyone: no open chunk, no unregistered one, none that waits for a processor. */
  get isDisposable(): boolean {
    const isOpenEmpty = this.durableOffset === 0 || isAtRest(this.recording.status);
    return isOpenEmpty && this.#onDisk.size === 0 && this.#registrar.pending === 0;
  }
}
