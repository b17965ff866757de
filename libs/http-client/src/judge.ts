import { Readable } from 'node:stream';
import { commonErrors, ServiceError } from '@lucid/errors';
import { errors } from 'undici';
import type { CallOutcome } from './circuit-breaker.ts';
import type { HttpRequest, HttpResponse } from './http-request.ts';
import type { Outcome } from './metrics.ts';

const IDEMPOTENT_METHODS = new Set<string>(['GET', 'HEAD', 'PUT', 'DELETE']);
/** Answers of an instance, or of something before it, that is going down or coming up. */
const RETRIED_STATUS = new Set([502, 503, 504]);
/**
 * Server errors that are definite answers and no sign of a failing service: 501 not implemented, 507 disk full (the recorder's
 * way to end one session).
 */
const DEFINITE_STATUS = new Set([501, 507]);
/** Mistakes of the caller, found before anything was sent. */
const CALLER_MISTAKES = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';

/** True when the request may be sent a second time although the first may have been acted upon. */
export const isReplayable = ({ method, idempotent, body }: HttpRequest): boolean =>
  (idempotent ?? IDEMPOTENT_METHODS.has(method)) && !(body instanceof Readable);

export const isRetriedStatus = (status: number): boolean => RETRIED_STATUS.has(status);

/**
 * A service that is stopping closes connections on its own account. Refusals are left out: servers close the connection after
 * a 413 too.
 */
export const isDraining = (status: number, headers: HttpResponse['headers']): boolean =>
  (status < 400 || status === 503) && headers.connection === 'close';

export const isCallerMistake = (error: unknown): boolean => CALLER_MISTAKES.has(codeOf(error));

/** What the caller is told about a failed exchange. */
export function upstreamError(service: string, error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const code = codeOf(error);
  const context = { details: { upstream: service }, cause: error };
  if (code === 'UND_ERR_BODY_TIMEOUT') return commonErrors.UPSTREAM_TIMEOUT(context);
  const isNonsense = error instanceof errors.HTTPParserError || /^UND_ERR_(RES_|HEADERS_OVERFLOW)/.test(code);
  return isNonsense ? commonErrors.UPSTREAM_FAILED(context) : commonErrors.UPSTREAM_UNREACHABLE(context);
}

/** 5xx, timeout and connect error count as failures; 4xx do not. */
export const breakerOutcome = (status: number): CallOutcome =>
  status >= 500 && !DEFINITE_STATUS.has(status) ? 'failure' : 'success';

/** The metric's label for an error that a call ended with. */
export function errorOutcome(error: unknown): Outcome {
  if (!(error instanceof ServiceError)) return 'aborted';
  if (error.code === commonErrors.UPSTREAM_TIMEOUT.code) return 'timeout';
  if (error.code === commonErrors.UPSTREAM_UNREACHABLE.code) return 'unreachable';
  return error.code === commonErrors.UPSTREAM_FAILED.code ? 'failed' : 'aborted';
}

export const statusOutcome = (status: number): Outcome =>
  status < 300 ? '2xx' : status < 400 ? '3xx' : status < 500 ? '4xx' : '5xx';
