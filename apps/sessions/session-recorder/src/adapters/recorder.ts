import { isoTime, repeat } from '@lucid/clock';
import { type BodyOf, MIB, type sessionRecorder } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { standing } from '../domain/ownership.ts';
import { isAtRest } from '../domain/recording-state.ts';
import { errors } from '../errors.ts';
import type { RecordingDocument } from './documents.ts';
import { HeldRecording } from './held-recording.ts';
import { orphanPath, removeOldOrphans } from './orphans.ts';
import { recover } from './recover.ts';
import { takeOver } from './take-over.ts';
import type { Workshop } from './workshop.ts';

export type StartRequest = BodyOf<(typeof sessionRecorder)['endpoints']['startRecording']>;

const TICK_MS = 1000;
const SWEEP_MS = 2000;
const ORPHAN_ROUND_MS = 3_600_000;

/** The recordings of this instance, and who has the others. */
export class Recorder {
  readonly #shop: Workshop;
  readonly #held = new Map<string, HeldRecording>();
  readonly #taking = new Map<string, Promise<HeldRecording>>();

  constructor(shop: Workshop) {
    this.#shop = shop;
  }

  get activeRecordings(): number {
    return [...this.#held.values()].filter(({ writer }) => writer.status === 'recording').length;
  }

  held(sessionId: string): HeldRecording | undefined {
    return this.#held.get(sessionId);
  }

  async open(): Promise<void> {
    for (const held of await recover(this.#shop)) this.#held.set(held.recording._id, held);
    const { lifecycle, clock, logger } = this.#shop.context;
    const everyRound = (name: string, pauseMs: number, round: () => Promise<void>) => {
      const once = async () => {
        await round();
        return false;
      };
      const onError = (error: unknown) =>
        logger.warn({ reason: String(error) }, `${name} failed, trying again`);
      lifecycle.background(name, (signal) => repeat(once, { clock, pauseMs, signal, onError }));
    };
    lifecycle.onStop('recordings', () => this.#close());
    everyRound('recording tick', TICK_MS, () => this.#tick());
    everyRound('lease renewal', (this.#shop.settings.OWNER_LEASE_SECONDS * 1000) / 3, () => this.#renew());
    everyRound('plaintext sweep', SWEEP_MS, () => this.#sweep());
    everyRound('orphan sweep', ORPHAN_ROUND_MS, () => this.#removeOrphans());
    lifecycle.signal.addEventListener('abort', () => {
      for (const { writer } of this.#held.values()) void writer.interrupt('draining');
    });
  }

  /** Idempotent: a session that is known is answered as it is, wherever it is. */
  async start(request: StartRequest): Promise<{ recording: RecordingDocument; isNew: boolean }> {
    const { context, recordings, settings } = this.#shop;
    const known = await recordings.find(request.session_id);
    if (known) return { recording: sameOwner(known, request), isNew: false };
    if (context.lifecycle.state !== 'running') throw commonErrors.UNAVAILABLE();
    if (this.activeRecordings >= settings.MAX_CONCURRENT_RECORDINGS) throw errors.RECORDER_FULL();
    const nowMs = context.clock.nowMs();
    const recording: RecordingDocument = {
      _id: request.session_id,
      owner_id: request.owner_id,
      status: 'recording',
      chunk_size_bytes: Math.min(request.chunk_size_bytes, settings.CHUNK_SIZE_MB * MIB),
      max_size_bytes: request.max_size_bytes,
      compression_enabled: request.compression_enabled,
      owner: { instance_id: context.instanceId, address: context.advertisedAddress },
      lease_expires_at_ms: nowMs + settings.OWNER_LEASE_SECONDS * 1000,
      epoch: 1,
      durable_offset: 0,
      stored_sequence: 0,
      stored_offset: 0,
      planned_ends: [],
      started_at: isoTime(context.clock),
    };
    if (!(await recordings.add(recording))) return this.start(request); // another call was faster
    const held = await HeldRecording.open(this.#shop, recording, EMPTY);
    this.#held.set(recording._id, held);
    return { recording, isNew: true };
  }

  /**
   * The recording, held by this instance, for whoever wants to append to it or stop it.
   * @returns the record alone when it is at rest
   * @param userId where a user asks: other people’s recordings are unknown to them
   * @throws 7101, 7108 with the owner’s address, 7109 while its owner is away and cannot be replaced
   */
  async own(
    sessionId: string,
    asker: 'client' | 'stop',
    userId?: string,
  ): Promise<HeldRecording | RecordingDocument> {
    const here = this.#held.get(sessionId);
    const recording = here && !here.isFenced ? here.recording : await this.find(sessionId);
    if (userId !== undefined && recording.owner_id !== userId) throw errors.RECORDING_NOT_FOUND();
    if (here && !here.isFenced) return here;
    if (isAtRest(recording.status)) return recording;
    if (recording.status === 'stopping' && asker === 'client') return recording;
    this.refuseUnlessVacant(recording);
    const running = this.#taking.get(sessionId);
    if (running) return running;
    const taking = this.#take(recording, asker).finally(() => this.#taking.delete(sessionId));
    this.#taking.set(sessionId, taking);
    return taking;
  }

  /** @throws 7101 */
  async find(sessionId: string): Promise<RecordingDocument> {
    const recording = await this.#shop.recordings.find(sessionId);
    if (!recording) throw errors.RECORDING_NOT_FOUND();
    return recording;
  }

  /** @throws 7108 with the owner’s address when another instance is alive and owns it */
  refuseUnlessVacant(recording: RecordingDocument): void {
    const { instanceId, clock } = this.#shop.context;
    if (standing(recording, instanceId, clock.nowMs()) === 'theirs')
      throw errors.NOT_THE_OWNER({ headers: { 'x-owner-address': recording.owner.address } });
  }

  /** Drops plaintext, queue entries and the recording itself. */
  async remove(sessionId: string): Promise<void> {
    const { recordings, chunks } = this.#shop;
    const recording = await this.find(sessionId);
    this.refuseUnlessVacant(recording);
    if (recording.status === 'recording') throw errors.STILL_RECORDING();
    const held = this.#held.get(sessionId);
    this.#held.delete(sessionId);
    await held?.close('stop');
    await chunks.removeAll(sessionId);
    await recordings.remove(sessionId);
    await held?.folder.removeAll();
  }

  async #take(recording: RecordingDocument, asker: 'client' | 'stop'): Promise<HeldRecording> {
    const stale = this.#held.get(recording._id);
    if (stale) await this.#setAside(stale);
    const held = await takeOver(this.#shop, recording, asker);
    this.#held.set(recording._id, held);
    return held;
  }

  async #tick(): Promise<void> {
    const { settings, instruments, context } = this.#shop;
    await Promise.all(
      [...this.#held.values()].map(async (held) => {
        await held.writer.tick(settings.UPLOAD_IDLE_SECONDS * 1000);
        if (held.isFenced) return this.#setAside(held);
        await held.report();
        if (held.recording.status === 'stopping')
          await held.stop().catch((error: unknown) => {
            context.logger.warn({ session_id: held.recording._id, reason: String(error) }, 'not stopped yet');
          });
      }),
    );
    instruments.recorder_active_recordings.set(this.activeRecordings);
  }

  async #renew(): Promise<void> {
    for (const held of [...this.#held.values()]) if (!(await held.renew())) await this.#setAside(held);
  }

  async #sweep(): Promise<void> {
    for (const held of [...this.#held.values()]) if (await held.sweep()) await this.#letGo(held);
  }

  /** Every chunk of it is stored or quarantined: nobody needs this instance for it any more. */
  async #letGo(held: HeldRecording): Promise<void> {
    const { recordings, context } = this.#shop;
    this.#held.delete(held.recording._id);
    await held.close('stop');
    if ((await held.folder.list()).length === 0) await held.folder.removeAll();
    await recordings.release(held.recording._id, held.recording.epoch, context.clock.nowMs());
  }

  /** Another recorder has it: whatever is here may not be registered any more. */
  async #setAside(held: HeldRecording): Promise<void> {
    const { settings, context, instruments } = this.#shop;
    if (this.#held.get(held.recording._id) === held) this.#held.delete(held.recording._id);
    await held.close('fenced');
    await held.folder.setAside(orphanPath(settings.DATA_DIR, held.recording._id, context.clock.nowMs()));
    instruments.recorder_fenced_total.inc();
    context.logger.warn({ session_id: held.recording._id }, 'another recorder took over: files set aside');
  }

  async #removeOrphans(): Promise<void> {
    const { settings, context, fs } = this.#shop;
    const olderThanMs = context.clock.nowMs() - settings.ORPHAN_RETENTION_HOURS * 3_600_000;
    const removed = await removeOldOrphans(fs, settings.DATA_DIR, olderThanMs);
    if (removed > 0) context.logger.info({ removed }, 'old set-aside files removed');
  }

  /** Leases of recordings that have nothing here are given up, so that another instance may go on at once. */
  async #close(): Promise<void> {
    const { recordings, context } = this.#shop;
    for (const held of this.#held.values()) {
      await held.close('draining');
      const { _id, epoch } = held.recording;
      if (held.isDisposable) await recordings.release(_id, epoch, context.clock.nowMs());
    }
  }
}

const EMPTY = { register: [], keep: [], tail: { sequence: 1, offset: 0, sizeBytes: 0 } };

function sameOwner(known: RecordingDocument, request: StartRequest): RecordingDocument {
  if (known.owner_id !== request.owner_id) throw commonErrors.ALREADY_EXISTS();
  return known;
}
