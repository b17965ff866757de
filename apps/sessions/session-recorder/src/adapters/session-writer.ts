import type { Readable } from 'node:stream';
import {
  isAtRest,
  nextStatus,
  type RecordingEvent,
  type RecordingStatus,
} from '../domain/recording-state.ts';
import type { UploadRate } from '../domain/upload-rate.ts';
import { errors } from '../errors.ts';
import { ChunkCutter, type CutterOptions } from './chunk-cutter.ts';
import { isDiskFull } from './file-system.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { pump } from './pump.ts';
import { type DiskFault, type Interruption, isSizeLimit, type UploadOutcome } from './upload-outcome.ts';

export interface WriterOptions extends CutterOptions {
  status: RecordingStatus;
  /** How fast bytes may come. @default as they like */
  rate?: UploadRate;
}

/** Takes one session’s octets, one upload at a time, as long as its recording takes any. */
export class SessionWriter {
  readonly #options: WriterOptions;
  readonly #cutter: ChunkCutter;
  #status: RecordingStatus;
  #failure: string | undefined;
  #diskFault: DiskFault | undefined;
  #upload: AbortController | undefined;
  #uploadEnded: Promise<unknown> = Promise.resolve();
  #lastByteMs: number;
  #isBeyondSize = false;
  /** One step on the files at a time. */
  readonly #steps = new OneAtATime();

  private constructor(options: WriterOptions, cutter: ChunkCutter) {
    this.#options = options;
    this.#cutter = cutter;
    this.#status = options.status;
    this.#lastByteMs = options.clock.monotonicMs();
  }

  static async open(options: WriterOptions): Promise<SessionWriter> {
    return new SessionWriter(options, await ChunkCutter.open(options));
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
    return this.#cutter.durableOffset;
  }

  /** Chunks that have their final name, or will have it first. */
  get sealedChunks(): number {
    return this.#cutter.sealedChunks;
  }

  /** When the last byte came (monotonic), or when this writer began to wait for one. */
  get lastByteMs(): number {
    return this.#lastByteMs;
  }

  /** True once bytes beyond the largest size were refused. */
  get isBeyondSize(): boolean {
    return this.#isBeyondSize;
  }

  /** @throws 7102 when no bytes are taken any more, 7115 while the recording is paused */
  mustTakeBytes(): void {
    if (this.#status === 'paused') throw errors.RECORDING_PAUSED();
    if (this.#status !== 'recording') throw errors.NOT_RECORDING({ details: { status: this.#status } });
  }

  /** @throws 7102 when the recording is over */
  mustBeOpen(): void {
    if (isAtRest(this.#status)) throw errors.NOT_RECORDING({ details: { status: this.#status } });
  }

  /**
   * Appends a body at `offset`. Whatever way it ends, what arrived is durable when this resolves (unless the disk failed).
   * @throws as `mustTakeBytes`; 7104 while another upload runs, 7103 at another offset
   */
  async append(source: Readable, offset: number): Promise<UploadOutcome> {
    this.mustTakeBytes();
    if (this.#upload) throw errors.UPLOAD_BUSY();
    if (offset !== this.durableOffset || offset !== this.#cutter.receivedOffset)
      throw errors.OFFSET_MISMATCH();
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
    const write = async (pieces: Buffer[]) => {
      await this.#steps.run(() => this.#write(pieces));
      await this.#slowDown(pieces, signal);
    };
    const ending = await pump(source, write, signal);
    const isTooLarge = ending.kind === 'failed' && isSizeLimit(ending.error);
    this.#isBeyondSize ||= isTooLarge;
    const problem = ending.kind === 'failed' && !isTooLarge ? ending.error : undefined;
    try {
      if (problem !== undefined) throw problem;
      await this.#steps.run(() => this.#cutter.settle());
      return ending;
    } catch (error) {
      return { kind: 'disk', reason: await this.#steps.run(() => this.#fail(error)) };
    }
  }

  async #write(pieces: Buffer[]): Promise<void> {
    this.byteCame();
    if (this.#status === 'failed') throw errors.NOT_RECORDING();
    await this.#cutter.write(pieces);
  }

  async #slowDown(pieces: Buffer[], signal: AbortSignal): Promise<void> {
    const { rate, clock } = this.#options;
    const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    const pauseMs = rate?.pauseAfterMs(sizeBytes, clock.monotonicMs()) ?? 0;
    if (pauseMs > 0) await clock.sleep(pauseMs, signal).catch(() => undefined); // interrupted: the pump sees it too
    this.byteCame(); // the client is not to blame for the wait
  }

  byteCame(): void {
    this.#lastByteMs = this.#options.clock.monotonicMs();
  }

  /** Client-cut chunks beyond the largest size were refused. */
  sizeReached(): void {
    this.#isBeyondSize = true;
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
        if (!this.#diskFault) await this.#cutter.settle({ seal: true });
      } catch (error) {
        await this.#fail(error);
      }
      return this.#status !== 'failed';
    });
  }

  opened(): void {
    this.#move('opened');
  }

  /** Takes no more for now and seals what came. Repeatable. @returns false when the recording has failed */
  async pause(): Promise<boolean> {
    this.#move('pause');
    await this.interrupt('pause');
    return this.seal();
  }

  resume(): void {
    this.#move('resume');
    this.byteCame();
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
    await this.#steps.run(() =>
      this.#cutter.settle({ seal: true }).catch((error: unknown) => this.#fail(error)),
    );
  }

  /** Every second: makes a slow stream durable, cuts a chunk that got too old, ends an upload that went silent. */
  async tick(idleLimitMs: number): Promise<void> {
    const { clock } = this.#options;
    if (this.#upload && clock.monotonicMs() - this.#lastByteMs > idleLimitMs) this.#upload.abort('idle');
    if (this.#status !== 'recording' || !this.#cutter.hasOpenChunk) return;
    await this.#steps.run(async () => {
      try {
        await this.#cutter.sync();
        await this.#cutter.rotateWhenOverdue();
        if (!this.#upload) await this.#cutter.settle();
      } catch (error) {
        this.#upload?.abort('stop');
        await this.#fail(error);
      }
    });
  }

  /** Ends everything without sealing; the files stay as they are. */
  async close(reason: Interruption): Promise<void> {
    await this.interrupt(reason);
    await this.#steps.run(() => this.#cutter.close());
  }

  /** The disk failed: what was acknowledged is sealed, what was not is dropped, no more is taken. */
  async #fail(error: unknown): Promise<DiskFault> {
    if (this.#diskFault) return this.#diskFault;
    const reason = isDiskFull(error) ? 'disk_full' : 'disk_failed';
    this.#diskFault = reason;
    this.#failure ??= `${reason}: ${error instanceof Error ? error.message : String(error)}`;
    this.#move('fault');
    this.#options.instruments.recorder_disk_faults_total.inc({ reason });
    await this.#cutter.salvage();
    return reason;
  }

  #move(event: RecordingEvent): void {
    this.#status = nextStatus(this.#status, event) ?? this.#status;
  }
}
