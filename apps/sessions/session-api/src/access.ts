import { isAdmin } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import { type AuditedCall, auditCall } from './audit-call.ts';
import { sequenceIn } from './domain/chunk-id.ts';
import type { SessionDocument } from './domain/session-document.ts';
import { errors } from './errors.ts';

/** Finds what the caller may have; whoever tries the sessions of others is noted. */
export interface Access {
  /** Somebody else's session is not found, exactly like an unknown one. @throws SESSION_NOT_FOUND */
  own(sessionId: string, call: AuditedCall): Promise<SessionDocument>;
  /** One whose bytes are still there. @throws SESSION_NOT_FOUND, CONTENT_REMOVED */
  readable(sessionId: string, call: AuditedCall): Promise<SessionDocument>;
  /** @throws SESSION_NOT_FOUND, CHUNK_NOT_FOUND */
  ownSequence(
    params: { session_id: string; chunk_id: string },
    call: AuditedCall,
  ): Promise<{ session: SessionDocument; sequence: number }>;
}

export function accessTo(deps: Deps): Access {
  const own = async (sessionId: string, call: AuditedCall): Promise<SessionDocument> => {
    const found = await deps.sessions.findOwn(sessionId, isAdmin(call.user) ? undefined : call.user.id);
    if (found) return found;
    const others = await deps.sessions.find(sessionId);
    if (others && others.user_id !== call.user.id)
      await auditCall(deps, call, { event: 'permission_denied', sessionId, result: 'refused' });
    throw errors.SESSION_NOT_FOUND();
  };
  return {
    own,
    readable: async (sessionId, call) => {
      const session = await own(sessionId, call);
      if (session.purged_at) throw errors.CONTENT_REMOVED({ details: { purged_at: session.purged_at } });
      return session;
    },
    ownSequence: async ({ session_id, chunk_id }, call) => {
      const session = await own(session_id, call);
      const sequence = sequenceIn(session_id, chunk_id);
      if (sequence === undefined) throw errors.CHUNK_NOT_FOUND();
      return { session, sequence };
    },
  };
}
