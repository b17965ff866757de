import type { AuditEvent, Session } from '@lucid/contracts';
import { applyProgress } from '../adapters/apply-progress.ts';
import {
  pauseSession,
  resumeSession,
  retrySession,
  startSession,
  stopSession,
} from '../adapters/control-session.ts';
import { currentReport } from '../adapters/current-report.ts';
import { archiveFiles, restoreFiles } from '../adapters/move-files.ts';
import type { AuditedCall } from '../audit-call.ts';
import { auditCall } from '../audit-call.ts';
import { type SessionDocument, toSession } from '../domain/session-document.ts';
import { errors } from '../errors.ts';
import type { Parts, Some } from './parts.ts';

type Names =
  | 'startSession'
  | 'stopSession'
  | 'pauseSession'
  | 'resumeSession'
  | 'pausePipeline'
  | 'resumePipeline'
  | 'processSession'
  | 'archiveSession'
  | 'restoreSession'
  | 'putProgress';

interface ControlCall extends AuditedCall {
  params: { session_id: string };
}

export function controlRoutes({ deps, context, access }: Parts): Some<Names> {
  /** Does it, and notes it; a refusal is noted too, for it says that somebody tried. */
  const control = async <Result>(
    call: ControlCall,
    events: readonly AuditEvent[],
    act: (session: SessionDocument) => Promise<Result>,
  ): Promise<Result> => {
    const sessionId = call.params.session_id;
    const session = await access.own(sessionId, call);
    const details = { status: session.status };
    const note = (result: 'ok' | 'failed') =>
      Promise.all(events.map((event) => auditCall(deps, call, { event, sessionId, result, details })));
    const done = await act(session).catch(async (error: unknown) => {
      await note('failed');
      throw error;
    });
    await note('ok');
    return done;
  };

  const report = async (call: ControlCall) =>
    currentReport(deps, await access.own(call.params.session_id, call));

  const moved = async (call: ControlCall): Promise<Session> =>
    toSession(await access.own(call.params.session_id, call));

  return {
    startSession: (call) =>
      control(call, ['session_started', 'pipeline_started'], (session) =>
        startSession(deps, context, session),
      ),
    stopSession: (call) =>
      control(call, ['session_stopped', 'pipeline_stopped'], (session) =>
        stopSession(deps, context, session),
      ),
    pauseSession: (call) =>
      control(call, ['session_paused'], (session) => pauseSession(deps, context, session)),
    resumeSession: (call) =>
      control(call, ['session_resumed'], (session) => resumeSession(deps, context, session)),

    pausePipeline: async (call) => {
      await control(call, ['pipeline_paused'], (session) => pauseSession(deps, context, session));
      return report(call);
    },
    resumePipeline: async (call) => {
      await control(call, ['pipeline_resumed'], (session) => resumeSession(deps, context, session));
      return report(call);
    },
    processSession: async (call) => {
      await control(call, ['pipeline_started'], (session) => retrySession(deps, context, session));
      return report(call);
    },

    archiveSession: async (call) => {
      await control(call, ['session_archived'], (session) => {
        refuseUnlessMovable(session);
        return archiveFiles(deps, session, context.clock);
      });
      return moved(call);
    },
    restoreSession: async (call) => {
      await control(call, ['session_restored'], (session) => {
        refuseUnlessMovable(session);
        return restoreFiles(deps, session, context.clock);
      });
      return moved(call);
    },

    putProgress: async ({ params, body }) => {
      const applied = await applyProgress(deps, params.session_id, body, context.clock);
      return { applied, version: body.version };
    },
  };
}

/** Files are moved when nothing is added to them any more, and while they are there. */
function refuseUnlessMovable({ status, purged_at }: SessionDocument): void {
  if (purged_at) throw errors.CONTENT_REMOVED({ details: { purged_at } });
  if (status !== 'completed' && status !== 'failed') throw errors.WRONG_STATE({ details: { status } });
}
