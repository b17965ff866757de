import { commonErrors, type ErrorEnvelope, type ServiceError } from '@lucid/errors';

/** Server errors that are definite answers for the client: not built yet, and disk full (which ends one recording). */
const DEFINITE = new Set([501, 507]);

/** True for answers the client must not see as they are. */
export const isUpstreamFailure = (status: number): boolean => status >= 500 && !DEFINITE.has(status);

/** What the client is told instead: that a service failed, its own code, and when to come back if it said so. */
export function upstreamFailure(
  service: string,
  status: number,
  body: string,
  retryAfter: string | string[] | undefined,
): ServiceError {
  const code = codeOf(body);
  return commonErrors.UPSTREAM_FAILED({
    details: { upstream: service, status, ...(code ? { code } : {}) },
    ...(typeof retryAfter === 'string' ? { headers: { 'retry-after': retryAfter } } : {}),
  });
}

function codeOf(body: string): string | undefined {
  try {
    const code = (JSON.parse(body) as Partial<ErrorEnvelope> | null)?.error?.code;
    return typeof code === 'string' && /^LUCID_ERR_\d{4}$/.test(code) ? code : undefined;
  } catch {
    return undefined; // no envelope: the status alone says it
  }
}
