import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Clock, Random } from '@lucid/clock';
import { MAX_CLIENT_CHUNK_BYTES } from '@lucid/contracts';
import { commonErrors, type ServiceError } from '@lucid/errors';
import type { ArrivedChunk, ChunkOrder, PlacedChunk } from '../domain/chunk-order.ts';
import type { UploadRate } from '../domain/upload-rate.ts';
import { errors } from '../errors.ts';
import { type FileSystem, isDiskFull, syncFolder } from './file-system.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { pump } from './pump.ts';
import type { SessionFolder } from './session-folder.ts';
import type { Interruption } from './upload-outcome.ts';

export interface IntakeOptions {
  fs: FileSystem;
  folder: SessionFolder;
  clock: Clock;
  random: Random;
  order: ChunkOrder;
  maxSizeBytes: number;
  rate: UploadRate;
  /** @throws why no chunk of this number is taken now */
  mustTake: (sequence: number, missing: readonly number[]) => void;
  /** Hash of a chunk that is registered. */
  registeredHash: (sequence: number) => Promise<string | undefined>;
  onBytes: (sizeBytes: number) => void;
  onSizeLimit: () => void;
  /** The file is under its final name; it may be in the queue later. */
  onKept: (sequence: number) => void;
  onPlaced: (chunk: PlacedChunk) => void;
}

export interface HandedIn {
  sequence: number;
  hash: string;
  bytes: Readable;
}

const MOST_MISSING = 100;

interface Receiving {
  abort: AbortController;
  lastByteMs: number;
}

/**
 * Takes chunks that a client has cut itself, several at once and in any order: each is received under a name of its own,
 * hashed, fsynced, and only then given its number. A file under its final name is therefore whole.
 */
export class ChunkIntake {
  readonly #options: IntakeOptions;
  readonly #receiving = new Set<Receiving>();
  readonly #unregistered = new Map<number, string>();
  readonly #commits = new OneAtATime();
  #receivingBytes = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Bytes of all chunks that survive a crash of this machine. */
  get sizeBytes(): number {
    return this.#options.order.sizeBytes;
  }

  get highest(): number {
    return this.#options.order.highest;
  }

  get missing(): number[] {
    return this.#options.order.missing(MOST_MISSING);
  }

  /** Takes up what a crash or a former owner has left. */
  adopt(found: readonly ArrivedChunk[]): void {
    const { order, onPlaced } = this.#options;
    for (const chunk of found) {
      this.#unregistered.set(chunk.sequence, chunk.hash);
      for (const placed of order.add(chunk)) onPlaced(placed);
    }
  }

  /** The queue knows it: its hash is in the record from here on. */
  registered(sequence: number): void {
    this.#unregistered.delete(sequence);
  }

  /**
   * @returns the chunk when it is durable, and whether it is new
   * @throws 7117 too far ahead, 7118 another hash, 7119 not the announced hash, 7114 and 7107 too large, 7124 no room,
   * 7111 and 7112 broken off, and whatever `mustTake` says
   */
  async take(given: HandedIn): Promise<{ isNew: boolean; sizeBytes?: number }> {
    const { order, mustTake } = this.#options;
    if (await this.#isKnown(given)) return { isNew: false };
    mustTake(given.sequence, this.missing);
    if (order.arrival(given.sequence) === 'too_early')
      throw errors.CHUNK_TOO_EARLY({ details: { missing: this.missing } });
    const path = this.#options.folder.incomingPath(given.sequence, this.#options.random.uuid());
    try {
      const sizeBytes = await this.#receive(path, given);
      const isNew = await this.#commits.run(() => this.#commit(path, given, sizeBytes));
      return { isNew, sizeBytes };
    } catch (error) {
      throw isDiskFull(error) ? errors.NO_ROOM_FOR_CHUNK({ cause: error }) : error;
    } finally {
      await this.#options.fs.rm(path, { force: true });
    }
  }

  /** Waits for chunks that are being given their numbers; nothing else changes after `mustTake` refuses. */
  settled(): Promise<void> {
    return this.#commits.run(async () => undefined);
  }

  /** Chunks behind a gap go into the queue too: they were acknowledged. */
  placeAll(): Promise<void> {
    return this.#commits.run(async () => {
      for (const chunk of this.#options.order.close()) this.#options.onPlaced(chunk);
    });
  }

  /** Ends chunks that are being received and have gone silent. */
  tick(idleLimitMs: number): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const { abort, lastByteMs } of this.#receiving)
      if (nowMs - lastByteMs > idleLimitMs) abort.abort('idle' satisfies Interruption);
  }

  async close(reason: Interruption): Promise<void> {
    for (const { abort } of this.#receiving) abort.abort(reason);
    await this.settled();
  }

  /** @throws 7118 when it is here with another hash */
  async #isKnown({ sequence, hash }: Pick<HandedIn, 'sequence' | 'hash'>): Promise<boolean> {
    const { order, registeredHash } = this.#options;
    if (order.arrival(sequence) !== 'known') return false;
    const known =
      order.waiting(sequence)?.hash ?? this.#unregistered.get(sequence) ?? (await registeredHash(sequence));
    if (known !== hash)
      throw errors.CHUNK_NUMBER_TAKEN({ details: { sequence_number: sequence, hash: known } });
    return true;
  }

  async #receive(path: string, { hash, bytes }: HandedIn): Promise<number> {
    const { fs, clock, rate, maxSizeBytes, order, onSizeLimit, onBytes } = this.#options;
    const receiving = { abort: new AbortController(), lastByteMs: clock.monotonicMs() };
    const digest = createHash('sha256');
    const file = await fs.open(path, 'wx');
    let sizeBytes = 0;
    let reservedBytes = 0;
    this.#receiving.add(receiving);
    const write = async (pieces: Buffer[]) => {
      const batchBytes = pieces.reduce((sum, { length }) => sum + length, 0);
      receiving.lastByteMs = clock.monotonicMs();
      if (sizeBytes + batchBytes > MAX_CLIENT_CHUNK_BYTES) throw errors.CHUNK_ABOVE_LIMIT();
      if (order.sizeBytes + this.#receivingBytes + batchBytes > maxSizeBytes) {
        onSizeLimit();
        throw errors.SIZE_LIMIT();
      }
      this.#receivingBytes += batchBytes;
      reservedBytes += batchBytes;
      for (const piece of pieces) {
        digest.update(piece);
        await writeAll(file, piece, sizeBytes);
        sizeBytes += piece.length;
      }
      onBytes(batchBytes);
      const pauseMs = rate.pauseAfterMs(batchBytes, clock.monotonicMs());
      if (pauseMs > 0) await clock.sleep(pauseMs, receiving.abort.signal).catch(() => undefined); // the pump sees it too
      receiving.lastByteMs = clock.monotonicMs();
    };
    try {
      const ending = await pump(bytes, write, receiving.abort.signal);
      if (ending.kind === 'broken') throw errors.UPLOAD_BROKEN();
      if (ending.kind === 'interrupted') throw interrupted(ending.reason as Interruption);
      if (ending.kind === 'failed') throw ending.error;
      if (sizeBytes === 0 || digest.digest('hex') !== hash) throw errors.CHUNK_HASH_MISMATCH();
      await file.datasync();
      return sizeBytes;
    } finally {
      this.#receivingBytes -= reservedBytes;
      this.#receiving.delete(receiving);
      await file.close();
    }
  }

  async #commit(path: string, given: HandedIn, sizeBytes: number): Promise<boolean> {
    const { fs, folder, order, maxSizeBytes, mustTake, onSizeLimit, onKept, onPlaced } = this.#options;
    if (await this.#isKnown(given)) return false; // the same chunk came twice at once
    mustTake(given.sequence, this.missing); // paused or stopped meanwhile
    if (order.sizeBytes + sizeBytes > maxSizeBytes) {
      onSizeLimit();
      throw errors.SIZE_LIMIT();
    }
    await fs.rename(path, folder.sealedPath(given.sequence));
    await syncFolder(fs, folder.path);
    const chunk: ArrivedChunk = { sequence: given.sequence, sizeBytes, hash: given.hash };
    this.#unregistered.set(chunk.sequence, chunk.hash);
    onKept(chunk.sequence);
    for (const placed of order.add(chunk)) onPlaced(placed);
    return true;
  }
}

function interrupted(reason: Interruption): ServiceError {
  return reason === 'idle' ? errors.UPLOAD_IDLE() : commonErrors.UNAVAILABLE();
}

async function writeAll(
  file: Awaited<ReturnType<FileSystem['open']>>,
  piece: Buffer,
  position: number,
): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await file.writev([piece.subarray(done)], position + done);
    done += bytesWritten;
  }
}
