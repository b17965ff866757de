import { repeat } from '@lucid/clock';
import { commonErrors } from '@lucid/errors';
import { type Asker, standing } from '../domain/ownership.ts';
import { isAtRest, isUnderWay } from '../domain/recording-state.ts';
import { checkSealingKey } from '../domain/sealing-key.ts';
import { errors } from '../errors.ts';
import type { RecordingDocument } from './documents.ts';
import { NO_FINDINGS } from './findings.ts';
import { HeldRecording } from './held-recording.ts';
import { mustBeAbleToCapture, newRecording, type StartRequest, sameAs } from './new-recording.ts';
import { orphanPath, removeOldOrphans } from './orphans.ts';
import { pickUp, recover } from './recover.ts';
import { takeOver } from './take-over.ts';
import type { Workshop } from './workshop.ts';

interface Started {
  recording: RecordingDocument;
  isNew: boolean;
}

const TICK_MS = 1000;
const SWEEP_MS = 2000;
const ORPHAN_ROUND_MS = 3_600_000;

/** The recordings of this instance, and who has the others. */
export class Recorder {
  readonly #shop: Workshop;
  readonly #held = new Map<string, HeldRecording>();
  readonly #taking = new Map<string, Promise<HeldRecording>>();
  readonly #beginning = new Map<string, Promise<Started>>();
  /** Starts under way, so that several at once do not pass the limit together. */
  readonly #starting = new Set<string>();

  constructor(shop: Workshop) {
    this.#shop = shop;
  }

  /** Recordings that take a place here: those that may still get bytes, paused ones included. */
  get activeRecordings(): number {
    return [...this.#held.values()].filter(({ writer }) => isUnderWay(writer.status)).length;
  }

  /** One that is about to begin has its place already, and only one. */
  get #takenPlaces(): number {
    const beginning = [...this.#starting].filter((sessionId) => !this.#held.has(sessionId));
    return this.activeRecordings + beginning.length;
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
      for (const held of this.#held.values()) void held.interrupt('draining');
    });
  }

  /** Idempotent: a session that is known is answered as it is, wherever it is. @throws 7110, 7125 */
  async start(request: StartRequest): Promise<Started> {
    const running = this.#beginning.get(request.session_id);
    if (running) return { recording: sameAs((await running).recording, request), isNew: false };
    const beginning = this.#start(request).finally(() => this.#beginning.delete(request.session_id));
    this.#beginning.set(request.session_id, beginning);
    return beginning;
  }

  async #start(request: StartRequest): Promise<Started> {
    const { context, recordings, settings } = this.#shop;
    checkSealingKey(request.sealing_key);
    const known = await recordings.find(request.session_id);
    if (known) return { recording: await this.#startAgain(sameAs(known, request)), isNew: false };
    if (context.lifecycle.state !== 'running') throw commonErrors.UNAVAILABLE();
    if (this.#takenPlaces >= settings.MAX_CONCURRENT_RECORDINGS)
      throw errors.RECORDER_FULL({ details: { capacity: settings.MAX_CONCURRENT_RECORDINGS } });
    this.#starting.add(request.session_id);
    try {
      await mustBeAbleToCapture(settings);
      const recording = newRecording(this.#shop, request);
      if (!(await recordings.add(recording))) return await this.#start(request); // at another recorder
      const held = await HeldRecording.open(this.#shop, recording, NO_FINDINGS);
      this.#held.set(recording._id, held);
      await held.control.begin();
      return { recording: held.recording, isNew: true };
    } finally {
      this.#starting.delete(request.session_id);
    }
  }

  /** A start that failed half-way is gone through again. */
  async #startAgain(known: RecordingDocument): Promise<RecordingDocument> {
    const { instanceId, clock } = this.#shop.context;
    if (known.status !== 'starting' || standing(known, instanceId, clock.nowMs()) === 'theirs') return known;
    const held = await this.#owned(known._id, 'control');
    if (!(held instanceof HeldRecording)) return held;
    await held.control.begin();
    return held.recording;
  }

  /**
   * The recording, held by this instance, for whoever wants to append to it or stop it.
   * @returns the record alone when it is at rest
   * @param userId where a user asks: other people’s recordings are unknown to them
   * @throws 7101, 7108 with the owner’s address, 7109 while its owner is away and cannot be replaced
   */
  async own(sessionId: string, asker: Asker, userId?: string): Promise<HeldRecording | RecordingDocument> {
    await this.#beginning.get(sessionId)?.catch(() => undefined); // whoever starts it hears why it failed
    return this.#owned(sessionId, asker, userId);
  }

  async #owned(sessionId: string, asker: Asker, userId?: string): Promise<HeldRecording | RecordingDocument> {
    const here = this.#held.get(sessionId);
    const recording = here && !here.isFenced ? here.recording : await this.find(sessionId);
    if (userId !== undefined && recording.owner_id !== userId) throw errors.RECORDING_NOT_FOUND();
    if (here && !here.isFenced) return here;
    if (isAtRest(recording.status)) return recording;
    if (recording.status === 'stopping' && asker === 'client' && recording.source !== 'chunks')
      return recording;
    this.refuseUnlessVacant(recording);
    const running = this.#taking.get(sessionId);
    if (running) return running;
    const careful = asker === 'client' && recording.source === 'chunks' ? 'chunk' : asker;
    const taking = this.#take(recording, careful).finally(() => this.#taking.delete(sessionId));
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
    if (isUnderWay(recording.status)) throw errors.STILL_RECORDING();
    const held = this.#held.get(sessionId);
    this.#held.delete(sessionId);
    await held?.close('stop');
    await chunks.removeAll(sessionId);
    await recordings.remove(sessionId);
    await held?.folder.removeAll();
  }

  /**
   * The recording with its plaintext, taken up again where this instance has let go of it: a quarantined chunk waits here.
   * @throws 7101, 7108 when its files are on another recorder, alive or not
   */
  async withPlaintext(sessionId: string): Promise<HeldRecording> {
    const here = this.#held.get(sessionId);
    if (here && !here.isFenced) return here;
    const recording = await this.find(sessionId);
    if (recording.owner.instance_id !== this.#shop.context.instanceId)
      throw errors.NOT_THE_OWNER({ headers: { 'x-owner-address': recording.owner.address } });
    const running = this.#taking.get(sessionId);
    if (running) return running;
    const taking = pickUp(this.#shop, recording)
      .then((held) => {
        this.#held.set(sessionId, held);
        return held;
      })
      .finally(() => this.#taking.delete(sessionId));
    this.#taking.set(sessionId, taking);
    return taking;
  }

  async #take(recording: RecordingDocument, asker: Asker): Promise<HeldRecording> {
    const stale = this.#held.get(recording._id);
    if (stale) await this.#setAside(stale);
    const held = await takeOver(this.#shop, recording, asker);
    this.#held.set(recording._id, held);
    return held;
  }

  async #tick(): Promise<void> {
    const { settings, instruments } = this.#shop;
    await Promise.all(
      [...this.#held.values()].map(async (held) => {
        await held.tick();
        if (held.isFenced) await this.#setAside(held);
      }),
    );
    const ofStatus = (status: string) =>
      [...this.#held.values()].filter(({ writer }) => writer.status === status).length;
    instruments.recorder_active_recordings.set(ofStatus('recording'));
    instruments.recorder_paused_recordings.set(ofStatus('paused'));
    instruments.recorder_capacity.set(settings.MAX_CONCURRENT_RECORDINGS);
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
