import { type Clock, isoTime } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import { chunkId } from '../domain/chunk-name.ts';
import type { Chunks } from './chunks.ts';
import type { RecordingDocument } from './documents.ts';

/** A chunk whose file has its final name. */
export interface SealedChunk {
  sequence: number;
  offset: number;
  sizeBytes: number;
  hash: string;
}

export interface RegistrarOptions {
  chunks: Pick<Chunks, 'register'>;
  recording: Pick<RecordingDocument, '_id' | 'compression_enabled' | 'sealing_key' | 'epoch'>;
  recorderId: string;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
  /** Makes sure, before a record is written, that this recorder still owns the recording. @returns false when not */
  ensureOwner: () => Promise<boolean>;
  onPending: (change: number) => void;
  onRegistered: (chunk: SealedChunk) => void;
}

const RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;

/**
 * Brings sealed chunks into the queue, in order, as long as it takes: while MongoDB is away the files wait on disk and
 * recording goes on.
 */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #pending: SealedChunk[] = [];
  #running: Promise<void> | undefined;
  #isFenced = false;
  #conflict: string | undefined;
  #failure: unknown;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** True when another recorder owns the recording by now. */
  get isFenced(): boolean {
    return this.#isFenced;
  }

  /** Why a chunk cannot be registered, when storage has other bytes under its number. */
  get conflict(): string | undefined {
    return this.#conflict;
  }

  add(chunk: SealedChunk): void {
    this.#pending.push(chunk);
    this.#options.onPending(1);
    this.#running ??= this.#run();
  }

  /**
   * Waits until everything sealed so far is registered.
   * @throws what stands in the way, when it does after `timeoutMs`
   */
  async flushed(timeoutMs: number): Promise<void> {
    const { clock, signal } = this.#options;
    const untilMs = clock.monotonicMs() + timeoutMs;
    while (this.#pending.length > 0 && !this.#isFenced) {
      if (clock.monotonicMs() >= untilMs) throw this.#failure ?? new Error('chunks are not registered yet');
      await clock.sleep(10, signal);
    }
  }

  async #run(): Promise<void> {
    const { clock, logger, signal, recording } = this.#options;
    let retryMs = RETRY_MS;
    while (this.#pending.length > 0 && !signal.aborted && !this.#isFenced) {
      const [chunk] = this.#pending as [SealedChunk];
      try {
        await this.#register(chunk);
        this.#failure = undefined;
        retryMs = RETRY_MS;
        if (this.#isFenced) break;
        this.#pending.shift();
        this.#options.onPending(-1);
        this.#options.onRegistered(chunk);
      } catch (error) {
        this.#failure = error;
        const about = { session_id: recording._id, sequence_number: chunk.sequence, reason: String(error) };
        logger.warn(about, 'a sealed chunk is not registered yet');
        await clock.sleep(retryMs, signal).catch(() => undefined); // the stop ends the wait
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
      }
    }
    this.#running = undefined;
  }

  async #register(sealed: SealedChunk): Promise<void> {
    const { chunks, recording, recorderId, clock, ensureOwner } = this.#options;
    if (!(await ensureOwner())) {
      this.#isFenced = true;
      return;
    }
    const outcome = await chunks.register({
      _id: chunkId(recording._id, sealed.sequence),
      session_id: recording._id,
      sequence_number: sealed.sequence,
      status: 'recorded',
      plain_offset: sealed.offset,
      plain_size: sealed.sizeBytes,
      plain_hash: sealed.hash,
      attempts: 0,
      deferrals: 0,
      created_at: isoTime(clock),
      claimable_at_ms: clock.nowMs(),
      compression_enabled: recording.compression_enabled,
      sealing_key: recording.sealing_key,
      recorder_id: recorderId,
      epoch: recording.epoch,
    });
    if (outcome === 'fenced') this.#isFenced = true;
    if (outcome === 'other_bytes')
      this.#conflict ??= `chunk ${sealed.sequence} is in storage with other bytes than were sent again`;
  }
}
