import { isoTime } from '@lucid/clock';
import { pagination } from '@lucid/contracts';
import { isAdmin, Reply } from '@lucid/service';
import { auditCall } from '../audit-call.ts';
import { etagOf, expectedVersion } from '../domain/expected-version.ts';
import { sliceOf } from '../domain/paging.ts';
import {
  configsOf,
  newSession,
  type SessionDocument,
  toSession,
  updateFields,
} from '../domain/session-document.ts';
import { mayAsk } from '../domain/session-status.ts';
import { checkWish } from '../domain/session-wish.ts';
import { errors } from '../errors.ts';
import type { Parts, Some } from './parts.ts';

const MIB = 1024 * 1024;

type Names = 'createSession' | 'listSessions' | 'getSession' | 'updateSession' | 'deleteSession';

export function sessionRoutes({ settings, deps, context, access }: Parts): Some<Names> {
  const { sessions, instruments } = deps;
  const { clock, random } = context;
  const hosts = settings.RDP_HOSTS.map((host) => host.toLowerCase());
  const allowed = { hosts, isProduction: settings.ENVIRONMENT === 'production' };
  const answer = (status: number, session: SessionDocument): Reply =>
    new Reply(status, toSession(session), { etag: etagOf(session) });

  return {
    createSession: async (call) => {
      const { user, body } = call;
      checkWish(body, allowed);
      if ((await sessions.countOf(user.id)) >= settings.MAX_SESSIONS_PER_USER)
        throw errors.TOO_MANY_SESSIONS({ details: { limit: settings.MAX_SESSIONS_PER_USER } });
      const created = newSession(body, {
        sessionId: random.uuid(),
        userId: user.id,
        now: isoTime(clock),
        chunkSizeBytes: settings.CHUNK_SIZE_MB * MIB,
      });
      await sessions.add(created);
      instruments.sessions_created_total.inc();
      await auditCall(deps, call, { event: 'session_created', sessionId: created._id });
      return answer(201, created);
    },

    listSessions: async ({ user, query }) => {
      const { skip, limit, page } = sliceOf(query, 20);
      const { status, project, environment, tags, sort = '-created_at', user_id } = query;
      const userId = isAdmin(user) ? user_id : user.id;
      const found = await sessions.page({
        ...{ userId, sort, skip, limit },
        ...(status === undefined ? {} : { status }),
        ...(project === undefined ? {} : { project }),
        ...(environment === undefined ? {} : { environment }),
        ...(tags === undefined ? {} : { tags }),
      });
      return { sessions: found.sessions.map(toSession), pagination: pagination(page, limit, found.total) };
    },

    getSession: async (call) => answer(200, await access.own(call.params.session_id, call)),

    updateSession: async (call) => {
      const { params, body, headers } = call;
      const sessionId = params.session_id;
      const known = await access.own(sessionId, call);
      checkWish(body, allowed);
      const configs = configsOf(body);
      if (configs.length > 0 && known.status !== 'created')
        throw errors.WRONG_STATE({ details: { status: known.status, fields: configs } });
      const version = expectedVersion(headers['if-match'], body.version);
      const changed = await sessions.change(
        sessionId,
        { ...updateFields(known, body), updated_at: isoTime(clock) },
        {
          ...(configs.length > 0 ? { status: 'created' as const, version: known.version } : {}),
          ...(version === undefined ? {} : { version }),
        },
      );
      if (!changed) {
        const { status, version: now } = await access.own(sessionId, call);
        const conflict = headers['if-match'] ? errors.PRECONDITION_FAILED : errors.VERSION_CONFLICT;
        throw conflict({ details: { status, version: now } });
      }
      const event = configs.length > 0 ? 'configuration_changed' : 'session_updated';
      const fields = Object.keys(body).filter((name) => name !== 'version');
      await auditCall(deps, call, { event, sessionId, details: { fields, version: changed.version } });
      return answer(200, changed);
    },

    deleteSession: async (call) => {
      const sessionId = call.params.session_id;
      const { status } = await access.own(sessionId, call);
      const isDeleted =
        mayAsk(status, 'delete') && (await sessions.markDeleted(sessionId, status, context.clock));
      if (!isDeleted) throw errors.WRONG_STATE({ details: { status } });
      await auditCall(deps, call, { event: 'session_deleted', sessionId, details: { status } });
      return undefined;
    },
  };
}
