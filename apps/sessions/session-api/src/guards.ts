import { ServiceError } from '@lucid/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from './adapters/deps.ts';
import { addressOf } from './audit-call.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What holds for every call of a user: the limit of its group, and a row in the audit log when it is not permitted. */
export function addGuards(app: FastifyInstance, { limits, audit }: Deps): void {
  // After authentication and validation, before the handler: who is refused for other reasons uses up nothing.
  app.addHook('preHandler', async (request) => {
    if (limits && request.user) await limits.take(request.method, request.routeOptions.url, request.user);
  });
  app.addHook('onError', async (request, _reply, error) => {
    if (!(error instanceof ServiceError) || error.status !== 403 || !request.user) return;
    await audit
      .write({
        event_type: 'permission_denied',
        user_id: request.user.id,
        ...sessionOf(request),
        action: `${request.method} ${request.routeOptions.url}`,
        resource: request.routeOptions.url ?? 'unknown',
        result: 'refused',
        ip: addressOf(request),
        request_id: request.id,
      })
      .catch((failure: unknown) => request.log.error({ err: failure }, 'a refusal is not in the audit log'));
  });
}

function sessionOf({ params }: FastifyRequest): { session_id?: string } {
  const { session_id } = (params ?? {}) as { session_id?: string };
  return session_id !== undefined && UUID.test(session_id) ? { session_id } : {};
}
