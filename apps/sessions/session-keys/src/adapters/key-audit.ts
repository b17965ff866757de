import { isoTime } from '@lucid/clock';
import { type KeyAuditEntry, type Pagination, pagination } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { Instruments } from '@lucid/metrics';
import { addNew } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Collection } from 'mongodb';
import type { Deed } from '../domain/deed.ts';
import { errors } from '../errors.ts';
import type { metrics } from '../metrics.ts';
import type { AuditDocument } from './key-documents.ts';

export interface KeyAuditOptions {
  collection: Collection<AuditDocument>;
  context: Pick<ServiceContext, 'clock' | 'random' | 'logger'>;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

/** What was done with keys. A row is there before the deed, so that no use of a key goes unwritten. */
export class KeyAudit {
  readonly #options: KeyAuditOptions;

  constructor(options: KeyAuditOptions) {
    this.#options = options;
  }

  /**
   * Writes down what is about to happen, lets it happen, and writes down how it ended.
   * @param undo takes back what the deed has handed over, when its end cannot be written
   * @throws 7160 when a row cannot be written: before the deed nothing is done, after it nothing is handed out
   */
  async record<Value>(
    deed: Deed,
    work: () => Promise<Value>,
    undo: (value: Value) => void = () => undefined,
  ): Promise<Value> {
    const logId = this.#options.context.random.uuid();
    await this.#written(() => this.#begin(logId, deed));
    const value = await this.#attempt(logId, work);
    try {
      await this.#written(() => this.#end(logId, { outcome: 'done' }));
    } catch (error) {
      undo(value);
      throw error;
    }
    return value;
  }

  async #attempt<Value>(logId: string, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof ServiceError ? String(error.code) : 'unforeseen';
      await this.#end(logId, { outcome: 'refused', reason }).catch((problem: unknown) => {
        // The row stays `started`, which counts as opened: it says too much, never too little.
        this.#options.context.logger.warn({ log_id: logId, reason: String(problem) }, 'refusal not noted');
      });
      throw error;
    }
  }

  /** Newest first. */
  async list(
    sessionId: string,
    { page = 1, limit = 20 }: { page?: number; limit?: number },
  ): Promise<{ entries: KeyAuditEntry[]; pagination: Pagination }> {
    const { collection } = this.#options;
    const filter = { session_id: sessionId };
    const [rows, total] = await Promise.all([
      collection
        .find(filter)
        .sort({ at: -1, _id: 1 })
        .skip((page - 1) * limit)
        .limit(limit)
        .toArray(),
      collection.countDocuments(filter),
    ]);
    const entries = rows.map(({ _id, ...rest }) => ({ log_id: _id, ...rest }));
    return { entries, pagination: pagination(page, limit, total) };
  }

  async #begin(logId: string, deed: Deed): Promise<void> {
    const { collection, context } = this.#options;
    const isNew = await addNew(collection, {
      _id: logId,
      event: deed.event,
      outcome: 'started',
      session_id: deed.sessionId,
      ...(deed.sequenceNumber === undefined ? {} : { sequence_number: deed.sequenceNumber }),
      caller: deed.caller,
      ...(deed.userId === undefined ? {} : { user_id: deed.userId }),
      request_id: deed.requestId,
      at: isoTime(context.clock),
    });
    if (!isNew) throw new Error(`the audit row ${logId} was not taken`);
  }

  async #end(logId: string, change: Pick<AuditDocument, 'outcome' | 'reason'>): Promise<void> {
    const { matchedCount } = await this.#options.collection.updateOne({ _id: logId }, { $set: change });
    if (matchedCount === 0) throw new Error(`the audit row ${logId} is gone`);
  }

  async #written(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (cause) {
      this.#options.instruments.key_audit_failures_total.inc();
      throw errors.AUDIT_UNAVAILABLE({ cause });
    }
  }
}
