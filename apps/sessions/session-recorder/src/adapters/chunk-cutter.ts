import type { Clock } from '@lucid/clock';
import type { Instruments } from '@lucid/metrics';
import { type CutRules, chunkEnd, isOverdue } from '../domain/chunk-cut.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import type { FileSystem } from './file-system.ts';
import { PartFile } from './part-file.ts';
import type { SealedChunk } from './registrar.ts';
import type { SessionFolder } from './session-folder.ts';
import { splitPieces } from './split-pieces.ts';

export interface CutterOptions {
  fs: FileSystem;
  folder: SessionFolder;
  clock: Clock;
  instruments: Instruments<(typeof metrics)['definitions']>;
  maxSizeBytes: number;
  rules: CutRules;
  /** Where to go on; with `sizeBytes` the part file is continued. */
  tail: { sequence: number; offset: number; sizeBytes: number };
  onSealed: (chunk: SealedChunk) => void;
}

/**
 * Cuts octets into chunk files. One chunk is filled while at most one other is being sealed, so memory and unsynced bytes
 * stay bounded; a chunk counts as durable only after all earlier ones are sealed. Its steps must not overlap.
 */
export class ChunkCutter {
  readonly #options: CutterOptions;
  #part: PartFile | undefined;
  #sealingPart: PartFile | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #sealFailure: unknown;
  #nextSequence: number;
  #nextOffset: number;

  private constructor(options: CutterOptions) {
    this.#options = options;
    this.#nextSequence = options.tail.sequence;
    this.#nextOffset = options.tail.offset;
  }

  static async open(options: CutterOptions): Promise<ChunkCutter> {
    const cutter = new ChunkCutter(options);
    await options.folder.create();
    if (options.tail.sizeBytes > 0) await cutter.#openPart();
    return cutter;
  }

  /** Bytes that survive a crash of this machine. */
  get durableOffset(): number {
    const first = this.#sealingPart ?? this.#part;
    return first ? first.startOffset + first.syncedBytes : this.#nextOffset;
  }

  get receivedOffset(): number {
    return this.#part?.endOffset ?? this.#nextOffset;
  }

  /** Chunks that have their final name, or will have it first. */
  get sealedChunks(): number {
    return (this.#part?.sequence ?? this.#nextSequence) - 1;
  }

  get hasOpenChunk(): boolean {
    return this.#part !== undefined;
  }

  /** @throws 7107 for bytes beyond the largest size; those up to it are kept */
  async write(pieces: Buffer[]): Promise<void> {
    const { maxSizeBytes, rules, instruments } = this.#options;
    let rest = pieces;
    while (rest.length > 0) {
      if (this.receivedOffset >= maxSizeBytes) throw errors.SIZE_LIMIT();
      const part = this.#part ?? (await this.#openPart());
      const end = Math.min(chunkEnd(part.startOffset, rules), maxSizeBytes);
      const [now, later] = splitPieces(rest, end - part.endOffset);
      const before = part.endOffset;
      await part.append(now);
      instruments.recorder_bytes_total.inc(part.endOffset - before);
      rest = later;
      if (part.endOffset >= end) await this.#rotate();
    }
    await this.rotateWhenOverdue();
  }

  async sync(): Promise<void> {
    await this.#part?.sync();
  }

  async rotateWhenOverdue(): Promise<void> {
    if (this.#part && isOverdue(this.#part, this.#options.clock.nowMs(), this.#options.rules))
      await this.#rotate();
  }

  /** Everything received is durable when this resolves. */
  async settle({ seal = false } = {}): Promise<void> {
    if (seal && this.#part?.sizeBytes === 0) await this.#dropPart(this.#part);
    if (seal) await this.#rotate();
    await Promise.all([this.#part?.sync(), this.#sealing]);
    if (this.#sealFailure) throw this.#sealFailure;
  }

  /** After a failure of the disk: what was acknowledged is sealed, what was not is dropped. Never rejects. */
  async salvage(): Promise<void> {
    await this.#sealing;
    const first = this.#sealingPart ?? this.#part;
    if (this.#sealingPart && this.#part) await this.#dropPart(this.#part);
    this.#part = undefined;
    this.#sealingPart = undefined;
    if (!first) return;
    this.#nextSequence = first.sequence;
    this.#nextOffset = first.startOffset;
    try {
      await first.salvage();
      if (first.sizeBytes === 0) return;
      await this.#seal(first);
      this.#nextSequence = first.sequence + 1;
      this.#nextOffset = first.endOffset;
    } catch {
      // The part stays on disk with every acknowledged byte; the next start of this recorder seals it.
      this.#nextOffset = first.startOffset + first.syncedBytes;
    }
  }

  /** Lets go of the files as they are. */
  async close(): Promise<void> {
    await this.#sealing;
    await this.#part?.close();
    this.#part = undefined;
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

  async #dropPart(part: PartFile): Promise<void> {
    this.#part = undefined;
    await part.close();
    await this.#options.folder.remove({ sequence: part.sequence, kind: 'part' });
  }
}
