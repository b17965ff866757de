import type { Clock } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import { defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';
import type { Origin } from '../domain/origin.ts';
import type { SecurityEvents } from '../domain/ports.ts';
import type { SecurityEvent } from '../domain/security-event.ts';

export interface SecurityEventDocument {
  event_type: SecurityEvent['type'];
  severity: SecurityEvent['severity'];
  success: boolean;
  user_id?: string;
  details?: Record<string, unknown>;
  ip_address: string;
  user_agent: string;
  request_id: string;
  service: string;
  timestamp: Date;
}

const DAY_S = 86_400;

export const securityEventsCollection = (retentionDays: number) =>
  defineCollection<SecurityEventDocument>('security_events', [
    { key: { timestamp: 1 }, name: 'forget', expireAfterSeconds: retentionDays * DAY_S },
    { key: { user_id: 1, timestamp: -1 }, name: 'user' },
    { key: { event_type: 1, timestamp: -1 }, name: 'type' },
  ]);

interface Options {
  collection: Collection<SecurityEventDocument>;
  service: string;
  clock: Clock;
  logger: Logger;
}

const LEVELS = { info: 'info', warn: 'info', critical: 'warn' } as const;

/** The audit trail: stored, and logged at the same time. */
export class MongoSecurityEvents implements SecurityEvents {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async record(event: SecurityEvent, origin: Origin): Promise<void> {
    const { collection, service, clock, logger } = this.#options;
    const document: SecurityEventDocument = {
      event_type: event.type,
      severity: event.severity,
      success: event.success,
      ...(event.userId ? { user_id: event.userId } : {}),
      ...(event.details ? { details: event.details } : {}),
      ip_address: origin.ipAddress,
      user_agent: origin.userAgent,
      request_id: origin.requestId,
      service,
      timestamp: new Date(clock.nowMs()),
    };
    const line = { event: event.type, severity: event.severity, request_id: origin.requestId };
    logger[LEVELS[event.severity]]({ ...line, user_id: event.userId, ...event.details }, 'security event');
    try {
      await collection.insertOne(document);
    } catch (error) {
      logger.error({ err: error, ...line }, 'a security event could not be stored');
    }
  }
}
