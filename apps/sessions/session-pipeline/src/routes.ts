import { isoTime } from '@lucid/clock';
import type { Pipeline, PipelineConfig, sessionPipeline } from '@lucid/contracts';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import { destroySession } from './adapters/destroy-session.ts';
import type { Change } from './adapters/pipelines.ts';
import { newPipeline, type PipelineDocument, toPipeline } from './domain/pipeline-document.ts';
import { nextState, type PipelineEvent, statesAllowing } from './domain/pipeline-state.ts';
import { recoveryOf } from './domain/recover.ts';
import { errors } from './errors.ts';

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof sessionPipeline> => {
  const { pipelines, driver, settings } = deps;
  const { clock } = context;

  const found = async (sessionId: string): Promise<PipelineDocument> => {
    const document = await pipelines.find(sessionId);
    if (!document) throw errors.PIPELINE_NOT_FOUND();
    return document;
  };

  const shown = async (document: PipelineDocument): Promise<Pipeline> => {
    const { max_retries: maxRetries } = await settings.current();
    return toPipeline(document, { nowMs: clock.nowMs(), maxRetries });
  };

  const ensured = (session_id: string, owner_id: string, config: PipelineConfig) =>
    pipelines.ensure(newPipeline(session_id, owner_id, config, isoTime(clock)));

  /** Drives it for a moment, and shows how far that led. */
  const driven = async (sessionId: string): Promise<Pipeline> => {
    await driver.driveNow(sessionId);
    return shown(await found(sessionId));
  };

  interface Move {
    also?: Change;
    /** The same call has led here before: nothing is to be done. */
    isRepeat: (document: PipelineDocument) => boolean;
  }

  /** @throws 7006 when there is none, 7005 when the event is not allowed in its state and is no repeat either */
  const move = async (
    sessionId: string,
    event: PipelineEvent,
    { also = {}, isRepeat }: Move,
  ): Promise<Pipeline> => {
    for (;;) {
      const document = await found(sessionId);
      if (!statesAllowing(event).includes(document.state)) {
        if (isRepeat(document)) return driven(sessionId);
        throw errors.ILLEGAL_TRANSITION({ details: { state: document.state, event } });
      }
      const change = { ...also, state: nextState(document.state, event) };
      if (await pipelines.changeState(sessionId, [document.state], change)) return driven(sessionId);
    }
  };

  return {
    pipelineStatus: async () => {
      const { active, due, stages } = await pipelines.counts();
      const status = context.lifecycle.state !== 'running' ? 'draining' : due > 0 ? 'busy' : 'ready';
      return { status, active_pipelines: active, queue_depth: due, stages } as const;
    },

    createPipeline: async ({ body }) => {
      const { kept, isNew } = await ensured(body.session_id, body.owner_id, body.config);
      return new Reply(isNew ? 201 : 200, await shown(kept));
    },

    startPipeline: async ({ params, body }) => {
      await ensured(params.session_id, body.owner_id, body.config);
      return move(params.session_id, 'start', {
        isRepeat: ({ state }) => state === 'starting' || state === 'active',
      });
    },

    pausePipeline: ({ params }) =>
      move(params.session_id, 'pause', {
        also: { was_paused: true },
        isRepeat: ({ state }) => state === 'pausing' || state === 'paused',
      }),

    resumePipeline: ({ params }) =>
      move(params.session_id, 'resume', {
        isRepeat: ({ state, was_paused }) => state === 'active' && was_paused === true,
      }),

    stopPipeline: ({ params }) =>
      move(params.session_id, 'stop', {
        isRepeat: ({ state }) => state === 'stopping' || state === 'stopped',
      }),

    recoverPipeline: async ({ params }) => {
      const also = recoveryOf(await found(params.session_id));
      return move(params.session_id, 'recover', { also, isRepeat: () => false });
    },

    cleanupPipeline: ({ params }) =>
      move(params.session_id, 'cleanup', {
        isRepeat: ({ state }) => state === 'cleanup' || state === 'destroyed',
      }),

    getPipeline: async ({ params }) => shown(await found(params.session_id)),

    destroyPipeline: async ({ params }) => {
      await destroySession(deps, params.session_id);
      return undefined;
    },

    pipelineSettings: () => settings.current(),

    changePipelineSettings: ({ body }) => settings.change(body),
  };
};
