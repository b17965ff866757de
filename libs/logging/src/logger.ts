import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { redacted } from './redaction.ts';

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
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (line: Record<string, unknown>) => redacted(line),
    },
    serializers: { err: (error: Error) => redacted({ ...stdSerializers.err(error) }) },
  };
  const logger = options.destination ? pino(settings, options.destination) : pino(settings);
  const { child } = logger;
  // What a child is bound to passes no formatter. Children inherit this method, and so do theirs.
  logger.child = function (this: Logger, bindings: object, childOptions?: object) {
    return child.call(this, redacted(bindings), childOptions as undefined);
  } as typeof child;
  return logger;
}

/** A logger that says nothing, for tests that do not look at logs. */
export const silentLogger = (): Logger => pino({ level: 'silent' });
