import { type Clock, isoTime, type Random } from '@lucid/clock';
import type { AuditEvent, AuditRow } from '@lucid/contracts';
import type { Instruments } from '@lucid/metrics';
import { defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import { DAY_MS } from '../domain/retention.ts';
import type { metrics } from '../metrics.ts';

interface AuditDocument extends Omit<AuditRow, 'log_id'> {
  _id: string;
  /** When the row is dropped. A date, for the server drops it by itself. */
  expires_at: Date;
}

export const auditDefinition = defineCollection<AuditDocument>('audit_logs', [
  { key: { session_id: 1, timestamp: -1 } },
  { key: { user_id: 1, timestamp: -1 } },
  { key: { timestamp: -1 } },
  { key: { expires_at: 1 }, expireAfterSeconds: 0 },
]);

export type AuditEntry = Omit<AuditRow, 'log_id' | 'timestamp'>;

export interface AuditLogOptions {
  collection: Collection<AuditDocument>;
  clock: Clock;
  random: Random;
  days: number;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

/** Rows are only ever added, and dropped when their time is over. */
export class AuditLog {
  readonly #options: AuditLogOptions;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  async write(entry: AuditEntry): Promise<void> {
    const { collection, clock, random, days, instruments } = this.#options;
    await collection.insertOne({
      _id: random.uuid(),
      ...entry,
      timestamp: isoTime(clock),
      expires_at: new Date(clock.nowMs() + days * DAY_MS),
    });
    instruments.session_audit_rows_total.inc({ event: entry.event_type });
  }

  /** Newest first. */
  async page(
    sessionId: string,
    { event, skip, limit }: { event: string | undefined; skip: number; limit: number },
  ): Promise<{ entries: AuditRow[]; total: number }> {
    const filter = {
      session_id: sessionId,
      ...(event === undefined ? {} : { event_type: event as AuditEvent }),
    };
    const { collection } = this.#options;
    const [rows, total] = await Promise.all([
      collection.find(filter).sort({ timestamp: -1, _id: -1 }).skip(skip).limit(limit).toArray(),
      collection.countDocuments(filter),
    ]);
    const entries = rows.map(({ _id, expires_at: _expires, ...row }) => ({ log_id: _id, ...row }));
    return { entries, total };
  }
}
