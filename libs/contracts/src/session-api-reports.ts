import { Type } from 'typebox';
import { endpoints } from './endpoint.ts';
import { AnyObject, OneOf, Pagination, Strict, Uuid } from './schemas.ts';
import { Paging } from './session-paging.ts';
import { AuditRow, PERIODS, PipelineReport, SessionStatistics, SessionTotals } from './session-reports.ts';
import { SessionParams } from './session-types.ts';

/** What the session API tells about sessions: counters, stages, the audit log and the live feed. */
export const reportEndpoints = endpoints({
  getTotals: {
    method: 'GET',
    path: '/api/v1/sessions/statistics',
    summary: 'Totals of own sessions, of everybody’s for an admin.',
    access: 'user',
    query: Strict({ period: Type.Optional(OneOf(PERIODS)), user_id: Type.Optional(Uuid) }),
    replies: { 200: SessionTotals },
  },
  getStatistics: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/statistics',
    summary: 'What is known of one recording; what nobody knows is absent.',
    access: 'user',
    params: SessionParams,
    replies: { 200: SessionStatistics },
  },
  listAudit: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/audit',
    summary: 'Who did what with the session, newest first; also after its deletion.',
    access: 'user',
    params: SessionParams,
    query: Strict({ ...Paging, event_type: Type.Optional(Type.String({ maxLength: 40 })) }),
    replies: { 200: Strict({ entries: Type.Array(AuditRow), pagination: Pagination }) },
  },
  watchSession: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/events',
    summary:
      'WebSocket: a snapshot of the session, then its changes as they happen. The token comes in Authorization or as subprotocol `bearer.<token>` beside `lucid.events.v1`, never in the URL.',
    access: 'user',
    webSocket: true,
    params: SessionParams,
    replies: { 101: 'empty' },
  },
  getPipeline: {
    method: 'GET',
    path: '/api/v1/sessions/:session_id/pipeline',
    summary: 'Where the session is in the pipeline.',
    access: 'user',
    params: SessionParams,
    replies: { 200: AnyObject },
  },
  getPipelineStatus: {
    method: 'GET',
    path: '/api/v1/pipeline/sessions/:session_id/status',
    summary: 'The stages of processing with their progress.',
    access: 'user',
    params: SessionParams,
    replies: { 200: PipelineReport },
  },
  pausePipeline: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/pipeline/pause',
    summary: 'As pausing the session: the pipeline rests with it.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: PipelineReport },
  },
  resumePipeline: {
    method: 'POST',
    path: '/api/v1/sessions/:session_id/pipeline/resume',
    summary: 'As resuming the session.',
    access: 'user',
    idempotent: true,
    params: SessionParams,
    replies: { 200: PipelineReport },
  },
  processSession: {
    method: 'POST',
    path: '/api/v1/pipeline/sessions/:session_id/process',
    summary: 'Try a failed session again.',
    access: 'admin',
    params: SessionParams,
    body: Strict({
      priority: Type.Optional(OneOf(['low', 'normal', 'high', 'urgent'])),
      compression_level: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
    }),
    replies: { 202: PipelineReport },
  },
});
