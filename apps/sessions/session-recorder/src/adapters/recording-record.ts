import type { RecordingStatus } from '../domain/recording-state.ts';
import { errors } from '../errors.ts';
import { type RecordingDocument, storedFields } from './documents.ts';
import { storedProgress } from './stored-progress.ts';
import type { Workshop } from './workshop.ts';

const STORED_OFFSET_WAIT_MS = 200;

type Noted = Partial<
  Pick<
    RecordingDocument,
    'durable_offset' | 'paused_at' | 'stop_requested_at' | 'stopped_at' | 'stop_reason' | 'error'
  >
>;

/** The record of a recording that this instance owns: as it is in MongoDB, as far as is known here. */
export class RecordingRecord {
  readonly #shop: Workshop;
  #document: RecordingDocument;
  #leaseUntilMs = 0;
  #refreshing: Promise<void> | undefined;

  constructor(shop: Workshop, document: RecordingDocument) {
    this.#shop = shop;
    this.#document = document;
  }

  get document(): RecordingDocument {
    return this.#document;
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
    return this.#document.stored_offset;
  }

  async #refreshStoredOffset(): Promise<void> {
    const { recordings, chunks, context } = this.#shop;
    try {
      const prefix = await storedProgress(recordings, chunks, this.#document);
      this.#document = { ...this.#document, ...storedFields(prefix) };
    } catch (error) {
      context.logger.warn({ reason: String(error) }, 'the stored offset is as of a moment ago');
    }
  }

  /** @throws 7109 when this turn as owner is over, and whatever MongoDB says */
  async note(status: RecordingStatus, fields: Noted = {}): Promise<void> {
    const { _id, epoch } = this.#document;
    if (!(await this.#shop.recordings.setStatus(_id, epoch, status, fields))) throw errors.OWNER_AWAY();
    this.#document = { ...this.#document, ...fields, status };
  }

  /** Keeps the status as it is. @throws as `note` */
  async keep(fields: Pick<RecordingDocument, 'source' | 'segments'>): Promise<void> {
    const { _id, epoch } = this.#document;
    if (!(await this.#shop.recordings.setFields(_id, epoch, fields))) throw errors.OWNER_AWAY();
    this.#document = { ...this.#document, ...fields };
  }

  /** @returns false when another recorder owns it by now */
  async renew(durableOffset: number): Promise<boolean> {
    const { recordings, settings, context } = this.#shop;
    const { clock } = context;
    const leaseMs = settings.OWNER_LEASE_SECONDS * 1000;
    const startedMs = clock.monotonicMs();
    const isOurs = await recordings.renew(this.#document._id, this.#document.epoch, {
      owner: { instance_id: context.instanceId, address: context.advertisedAddress },
      lease_expires_at_ms: clock.nowMs() + leaseMs,
      durable_offset: durableOffset,
    });
    if (isOurs) this.#leaseUntilMs = startedMs + leaseMs;
    return isOurs;
  }

  get isLeased(): boolean {
    return this.#shop.context.clock.monotonicMs() < this.#leaseUntilMs;
  }
}
