import { ServiceError } from '@lucid/errors';

/** The lease is gone: somebody else has the chunk, so this worker says nothing more about it. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** The processor is stopping; the chunk goes back as it came. */
export class Stopping extends Error {
  override readonly name = 'Stopping';
}

/** What a worker does with a chunk it could not finish. */
export type Verdict =
  | { kind: 'drop' }
  | { kind: 'give_back'; fault: 'data' | 'system'; retryable: boolean; reason: string };

const HOPELESS = new Set(['STORED_DIFFERENTLY', 'empty_plaintext', 'plaintext_too_large', 'bad_public_key']);
const SYSTEM_STATUSES = new Set([401, 403, 408, 421, 429]);

/**
 * An outage of the recorder or storage, or a refusal that has nothing to do with the bytes, is the system’s
 * fault and never leads to quarantine. Damaged bytes are tried again a few times; what cannot get better is not. Anything
 * nobody foresaw counts as the chunk’s own fault, so that one strange chunk cannot be tried for ever.
 */
export function verdictOn(error: unknown): Verdict {
  if (error instanceof LeaseLost) return { kind: 'drop' };
  const reason = reasonOf(error);
  const key = keyOf(error);
  if (HOPELESS.has(key)) return { kind: 'give_back', fault: 'data', retryable: false, reason };
  const fault = isSystemFault(error) ? 'system' : 'data';
  return { kind: 'give_back', fault, retryable: true, reason };
}

function isSystemFault(error: unknown): boolean {
  if (error instanceof Stopping) return true;
  return error instanceof ServiceError && (error.status >= 500 || SYSTEM_STATUSES.has(error.status));
}

function keyOf(error: unknown): string {
  if (error instanceof ServiceError) return error.key;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

function reasonOf(error: unknown): string {
  const code = error instanceof ServiceError ? ` (${error.code})` : '';
  return `${error instanceof Error ? error.message : String(error)}${code}`.slice(0, 500);
}
