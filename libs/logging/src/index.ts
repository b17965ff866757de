export { createLogger, type Logger, type LoggerOptions, silentLogger } from './logger.ts';
export { REDACTED_FIELDS } from './redaction.ts';
