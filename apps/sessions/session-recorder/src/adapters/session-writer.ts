import type { Readable } from 'node:stream';
import type { Clock } from '@lucid/clock';
import type { Instruments } from '@lucid/metrics';
import { type CutRules, chunkEnd, isOverdue } from '../domain/chunk-cut.ts';
import { nextStatus, type RecordingStatus } from '../domain/recording-state.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import { type FileSystem, isDiskFull } from './file-system.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { PartFile } from './part-file.ts';
import { pump } from './pump.ts';
import type { SealedChunk } from './registrar.ts';
import type { SessionFolder } from './session-folder.ts';
import { splitPieces } from './split-pieces.ts';
import { type DiskFault, type Interruption, isSizeLimit, type UploadOutcome } from './upload-outcome.ts';

export interface WriterOptions {
  fs: FileSystem;
  folder: SessionFolder;
  clock: Clock;
  instruments: Instruments<(typeof metrics)['definitions']>;
  maxSizeBytes: number;
  rules: CutRules;
  status: RecordingStatus;
  /** Where to go on; with `sizeBytes` the part file is continued. */
  tail: { sequence: number; offset: number; sizeBytes: number };
  onSealed: (chunk: SealedChunk) => void;
}

/**
 * Turns one session’s octets into chunk files. One chunk is filled while at most one other is being sealed, so memory and
 * unsynced bytes stay bounded; a chunk counts as durable only after all earlier ones are sealed.
 */
export class SessionWriter {
  readonly #options: WriterOptions;
  #part: PartFile | undefined;
  #sealingPart: PartFile | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #sealFailure: unknown;
  #nextSequence: number;
  #nextOffset: number;
  #status: RecordingStatus;
  #failure: string | undefined;
  #diskFault: DiskFault | undefined;
  #upload: AbortController | undefined;
  #uploadEnded: Promise<unknown> = Promise.resolve();
  #lastByteMs = 0;
  /** One step on the files at a time. */
  readonly #steps = new OneAtATime();

  private constructor(options: WriterOptions) {
    this.#options = options;
    this.#status = options.status;
    this.#nextSequence = options.tail.sequence;
    this.#nextOffset = options.tail.offset;
  }

  static async open(options: WriterOptions): Promise<SessionWriter> {
    const writer = new SessionWriter(options);
    await options.folder.create();
    if (options.tail.sizeBytes > 0) await writer.#openPart();
    return writer;
  }

  get status(): RecordingStatus {
    return this.#status;
  }

  /** Why the recording failed. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Bytes that survive a crash of this machine. */
  get durableOffset(): number {
    const first = this.#sealingPart ?? this.#part;
    return first ? first.startOffset + first.syncedBytes : this.#nextOffset;
  }

  /** Chunks that have their final name, or will have it first. */
  get sealedChunks(): number {
    return (this.#part?.sequence ?? this.#nextSequence) - 1;
  }

  get #receivedOffset(): number {
    return this.#part?.endOffset ?? this.#nextOffset;
  }

  /**
   * Appends a body at `offset`. Whatever way it ends, what arrived is durable when this resolves (unless the disk failed).
   * @throws 7102 when no bytes are taken any more, 7104 while another upload runs, 7103 at another offset
   */
  async append(source: Readable, offset: number): Promise<UploadOutcome> {
    if (this.#status !== 'recording') throw errors.NOT_RECORDING({ details: { status: this.#status } });
    if (this.#upload) throw errors.UPLOAD_BUSY();
    if (offset !== this.durableOffset || offset !== this.#receivedOffset) throw errors.OFFSET_MISMATCH();
    const upload = new AbortController();
    this.#upload = upload;
    this.#lastByteMs = this.#options.clock.monotonicMs();
    const ended = this.#receive(source, upload.signal).finally(() => {
      this.#upload = undefined;
    });
    this.#uploadEnded = ended;
    return ended;
  }

  async #receive(source: Readable, signal: AbortSignal): Promise<UploadOutcome> {
    const ending = await pump(source, (pieces) => this.#steps.run(() => this.#write(pieces)), signal);
    const problem = ending.kind === 'failed' && !isSizeLimit(ending.error) ? ending.error : undefined;
    try {
      if (problem !== undefined) throw problem;
      await this.#steps.run(() => this.#settle());
      return ending;
    } catch (error) {
      return { kind: 'disk', reason: await this.#steps.run(() => this.#fail(error)) };
    }
  }

  /** Ends the running upload, if there is one, and waits until what arrived is durable. */
  async interrupt(reason: Interruption): Promise<void> {
    this.#upload?.abort(reason);
    await this.#uploadEnded.catch(() => undefined); // its own caller was told
  }

  /** Cuts the open chunk where it is. @returns false when the recording has failed */
  async seal(): Promise<boolean> {
    return this.#steps.run(async () => {
      try {
        if (!this.#diskFault) await this.#settle({ seal: true });
      } catch (error) {
        await this.#fail(error);
      }
      return this.#status !== 'failed';
    });
  }

  /** Takes no more and seals the last chunk. Repeatable. @returns false when the recording had failed */
  async stop(): Promise<boolean> {
    this.#move('stop');
    await this.interrupt('stop');
    return this.seal();
  }

  markStopped(): void {
    this.#move('sealed');
  }

  /** The recording cannot go on for a reason outside this writer. */
  async giveUp(reason: string): Promise<void> {
    this.#failure ??= reason;
    this.#move('fault');
    await this.interrupt('fenced');
    await this.#steps.run(() => this.#settle({ seal: true }).catch((error: unknown) => this.#fail(error)));
  }

  /** Every second: makes a slow stream durable, cuts a chunk that got too old, ends an upload that went silent. */
  async tick(idleLimitMs: number): Promise<void> {
    const { clock } = this.#options;
    if (this.#upload && clock.monotonicMs() - this.#lastByteMs > idleLimitMs) this.#upload.abort('idle');
    if (this.#status !== 'recording' || !this.#part) return;
    await this.#steps.run(async () => {
      try {
        await this.#part?.sync();
        await this.#rotateWhenOverdue();
        if (!this.#upload) await this.#settle();
      } catch (error) {
        this.#upload?.abort('stop');
        await this.#fail(error);
      }
    });
  }

  /** Ends everything without sealing; the files stay as they are. */
  async close(reason: Interruption): Promise<void> {
    await this.interrupt(reason);
    await this.#steps.run(async () => {
      await this.#sealing;
      await this.#part?.close();
      this.#part = undefined;
    });
  }

  async #write(pieces: Buffer[]): Promise<void> {
    const { maxSizeBytes, rules, instruments, clock } = this.#options;
    this.#lastByteMs = clock.monotonicMs();
    let rest = pieces;
    while (rest.length > 0) {
      if (this.#status === 'failed') throw errors.NOT_RECORDING();
      if (this.#receivedOffset >= maxSizeBytes) throw errors.SIZE_LIMIT();
      const part = this.#part ?? (await this.#openPart());
      const end = Math.min(chunkEnd(part.startOffset, rules), maxSizeBytes);
      const [now, later] = splitPieces(rest, end - part.endOffset);
      const before = part.endOffset;
      await part.append(now);
      instruments.recorder_bytes_total.inc(part.endOffset - before);
      rest = later;
      if (part.endOffset >= end) await this.#rotate();
    }
    await this.#rotateWhenOverdue();
  }

  async #rotateWhenOverdue(): Promise<void> {
    if (this.#part && isOverdue(this.#part, this.#options.clock.nowMs(), this.#options.rules))
      await this.#rotate();
  }

  async #openPart(): Promise<PartFile> {
    const { fs, folder, clock, instruments } = this.#options;
    const place = {
      sequence: this.#nextSequence,
      startOffset: this.#nextOffset,
      openedAtMs: clock.nowMs(),
    };
    const part = await PartFile.open(fs, folder, place, {
      monotonicMs: () => clock.monotonicMs(),
      onSync: (startedMs) =>
        instruments.recorder_fsync_duration_seconds.observe((clock.monotonicMs() - startedMs) / 1000),
    });
    this.#part = part;
    return part;
  }

  /** Lets the filled chunk be sealed in the background and makes room for the next. */
  async #rotate(): Promise<void> {
    await this.#sealing;
    if (this.#sealFailure) throw this.#sealFailure;
    const part = this.#part;
    if (!part) return;
    this.#part = undefined;
    this.#nextSequence = part.sequence + 1;
    this.#nextOffset = part.endOffset;
    this.#sealingPart = part;
    this.#sealing = this.#seal(part).catch((error: unknown) => {
      this.#sealFailure = error;
    });
  }

  async #seal(part: PartFile): Promise<void> {
    const { folder, instruments, onSealed } = this.#options;
    await part.sync();
    await folder.seal(part.sequence);
    this.#sealingPart = undefined;
    await part.close();
    instruments.recorder_chunks_sealed_total.inc();
    onSealed({
      sequence: part.sequence,
      offset: part.startOffset,
      sizeBytes: part.sizeBytes,
      hash: part.digest(),
    });
  }

  /** Everything received is durable when this resolves. */
  async #settle({ seal = false } = {}): Promise<void> {
    if (seal && this.#part?.sizeBytes === 0) await this.#dropPart(this.#part);
    if (seal) await this.#rotate();
    await Promise.all([this.#part?.sync(), this.#sealing]);
    if (this.#sealFailure) throw this.#sealFailure;
  }

  /** The disk failed: what was acknowledged is sealed, what was not is dropped, no more is taken. */
  async #fail(error: unknown): Promise<DiskFault> {
    if (this.#diskFault) return this.#diskFault;
    const reason = isDiskFull(error) ? 'disk_full' : 'disk_failed';
    this.#diskFault = reason;
    this.#failure ??= `${reason}: ${error instanceof Error ? error.message : String(error)}`;
    this.#move('fault');
    this.#options.instruments.recorder_disk_faults_total.inc({ reason });
    await this.#sealing;
    const first = this.#sealingPart ?? this.#part;
    if (this.#sealingPart && this.#part) await this.#dropPart(this.#part);
    this.#part = undefined;
    this.#sealingPart = undefined;
    if (!first) return reason;
    this.#nextSequence = first.sequence;
    this.#nextOffset = first.startOffset;
    try {
      await first.salvage();
      if (first.sizeBytes === 0) return reason;
      await this.#seal(first);
      this.#nextSequence = first.sequence + 1;
      this.#nextOffset = first.endOffset;
    } catch {
      // The part stays on disk with every acknowledged byte; the next start of this recorder seals it.
      this.#nextOffset = first.startOffset + first.syncedBytes;
    }
    return reason;
  }

  async #dropPart(part: PartFile): Promise<void> {
    this.#part = undefined;
    await part.close();
    await this.#options.folder.remove({ sequence: part.sequence, kind: 'part' });
  }

  #move(event: 'stop' | 'sealed' | 'fault'): void {
    this.#status = nextStatus(this.#status, event) ?? this.#status;
  }
}
