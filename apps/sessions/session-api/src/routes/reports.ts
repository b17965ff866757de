import { isoTime } from '@lucid/clock';
import { pagination } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import { isAdmin } from '@lucid/service';
import { TakenOver, upgradeOf } from '@lucid/web-socket';
import { auditPage } from '../adapters/audit-page.ts';
import { currentReport } from '../adapters/current-report.ts';
import { auditCall } from '../audit-call.ts';
import { sliceOf } from '../domain/paging.ts';
import { periodStart } from '../domain/period.ts';
import { sessionStatistics } from '../domain/session-statistics.ts';
import { addTo, noTotals } from '../domain/session-totals.ts';
import { errors } from '../errors.ts';
import type { Parts, Some } from './parts.ts';

type Names =
  | 'getTotals'
  | 'getStatistics'
  | 'listAudit'
  | 'watchSession'
  | 'getPipeline'
  | 'getPipelineStatus';

/** Statistics do without the recorder rather than wait for it. */
const RECORDER_TIMEOUT_MS = 3000;

export function reportRoutes({ deps, context, access }: Parts): Some<Names> {
  const { sessions, clients, feeds } = deps;
  const { clock } = context;

  return {
    getTotals: async ({ user, query }) => {
      const { period = 'all' } = query;
      const from = periodStart(period, clock.nowMs());
      const totals = noTotals();
      for await (const session of sessions.counted(from, isAdmin(user) ? query.user_id : user.id))
        addTo(totals, session);
      return { period, ...(from === undefined ? {} : { from }), until: isoTime(clock), ...totals };
    },

    getStatistics: async (call) => {
      const session = await access.own(call.params.session_id, call);
      const recording = session.status === 'created' ? undefined : await recordingOf(session._id);
      return sessionStatistics(session, recording, clock.nowMs());
    },

    listAudit: async (call) => {
      const { session_id } = call.params;
      const { skip, limit, page } = sliceOf(call.query, 20);
      const known = await sessions.find(session_id); // what was done to a deleted session stays to be read
      if (!known) throw errors.SESSION_NOT_FOUND();
      if (known.status !== 'deleted' || !(isAdmin(call.user) || known.user_id === call.user.id))
        await access.own(session_id, call);
      const event = call.query.event_type;
      const { entries, total } = await auditPage(deps, session_id, { event, skip, limit });
      return { entries, pagination: pagination(page, limit, total) };
    },

    watchSession: async (call) => {
      const session = await access.own(call.params.session_id, call);
      const upgrade = upgradeOf(call.bytes);
      feeds.refuseWhenFull();
      await auditCall(deps, call, { event: 'session_watched', sessionId: session._id });
      await feeds.serve(upgrade, session);
      return new TakenOver();
    },

    getPipeline: async (call) => {
      await access.own(call.params.session_id, call);
      return (await clients.pipeline.getPipeline({ params: call.params })).body;
    },

    getPipelineStatus: async (call) => currentReport(deps, await access.own(call.params.session_id, call)),
  };

  /** Nothing where the recorder has forgotten the session, or cannot be asked: what nobody knows is left out. */
  async function recordingOf(session_id: string) {
    try {
      const asked = { params: { session_id }, timeoutMs: RECORDER_TIMEOUT_MS };
      return (await clients.recorder.getRecording(asked)).body;
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }
}
