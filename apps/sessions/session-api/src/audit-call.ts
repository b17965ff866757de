import type { AuditEvent } from '@lucid/contracts';
import type { User } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';

/** The client's address, as the gateway says it. */
export const addressOf = ({
  headers,
  ip,
}: {
  headers: Record<string, string | string[] | undefined>;
  ip: string;
}): string => {
  const forwarded = headers['x-forwarded-for'];
  return typeof forwarded === 'string' ? forwarded : ip;
};

/** What the audit log needs to know of a call. */
export interface AuditedCall {
  user: User;
  headers: Record<string, string | string[] | undefined>;
  ip: string;
  requestId: string;
}

export interface Audited {
  event: AuditEvent;
  sessionId: string;
  /** Below the session: `chunks/7`. */
  part?: string;
  result?: 'ok' | 'refused' | 'failed';
  /** Numbers, names of fields, words of the contract. Nothing that anybody typed, and no secret. */
  details?: Record<string, string | number | boolean | string[]>;
}

/** Writes one row for what a user has done. It is written before the caller hears of it: what is not in the log has not been answered. */
export async function auditCall(
  { audit }: Pick<Deps, 'audit'>,
  call: AuditedCall,
  { event, sessionId, part, result = 'ok', details }: Audited,
): Promise<void> {
  await audit.write({
    event_type: event,
    user_id: call.user.id,
    session_id: sessionId,
    action: event,
    resource: `sessions/${sessionId}${part === undefined ? '' : `/${part}`}`,
    result,
    ...(details === undefined ? {} : { details }),
    ip: addressOf(call),
    request_id: call.requestId,
  });
}
