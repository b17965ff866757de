import { ServiceError } from '@lucid/errors';
import { errors } from '../errors.ts';

const FINAL: ReadonlySet<number> = new Set(
  [
    errors.NOTHING_RECORDED,
    errors.CHUNK_QUARANTINED,
    errors.CHUNK_GAP,
    errors.ROOT_MISMATCH,
    errors.ANCHORING_FAILED,
    errors.RECORDING_FAILED,
  ].map(({ code }) => code),
);

/** What can never succeed, by our own judgement: a refusal by somebody else, whatever its status, is tried again. */
export const isFinal = (error: unknown): error is ServiceError =>
  error instanceof ServiceError && FINAL.has(error.code);

/** session-api takes no longer text. */
const MAX_REASON = 1000;

/** What a user may be told about a failure. What nobody foresaw stays in the log. */
export const reasonOf = (error: unknown): string =>
  error instanceof ServiceError ? error.message.slice(0, MAX_REASON) : 'Something went wrong here.';
