import { type DestinationStream, type Logger, pino } from 'pino';
import { REDACTED_FIELDS } from './redaction.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  service: string;
  instance: string;
  /** Case does not matter: the seeds write INFO. @default info */
  level?: string;
  /** @default standard output */
  destination?: DestinationStream;
}

/**
 * JSON lines on standard output. Levels by reader: `error` someone must act, `warn` someone should look, `info` what an
 * operator wants to have seen, `debug` what a developer asks for. Fields that may hold secrets are cut out.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: (options.level ?? 'info').toLowerCase(),
    base: { service: options.service, instance: options.instance },
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: [...REDACTED_FIELDS], censor: '[redacted]' },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

/** A logger that says nothing, for tests that do not look at logs. */
export const silentLogger = (): Logger => pino({ level: 'silent' });
