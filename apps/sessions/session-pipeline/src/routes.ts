import { isoTime } from '@lucid/clock';
import type { sessionPipeline } from '@lucid/contracts';
import type { Handlers, ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/connect.ts';
import { destroySession } from './adapters/destroy-session.ts';
import { newPipeline, type PipelineDocument, toPipeline } from './domain/pipeline-document.ts';
import { statesAllowing } from './domain/pipeline-state.ts';
import { errors } from './errors.ts';

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof sessionPipeline> => {
  const { pipelines, driver } = deps;
  const { clock } = context;

  const found = async (sessionId: string): Promise<PipelineDocument> => {
    const document = await pipelines.find(sessionId);
    if (!document) throw errors.PIPELINE_NOT_FOUND();
    return document;
  };

  return {
    pipelineStatus: async () => {
      const { active, due, stages } = await pipelines.counts();
      const status = context.lifecycle.state !== 'running' ? 'draining' : due > 0 ? 'busy' : 'ready';
      return { status, active_pipelines: active, queue_depth: due, stages } as const;
    },

    startPipeline: async ({ params, body }) => {
      const { session_id } = params;
      const known = await pipelines.ensure(
        newPipeline(session_id, body.owner_id, body.config, isoTime(clock)),
      );
      if (known.state === 'created')
        await pipelines.changeState(session_id, statesAllowing('start'), { state: 'starting' });
      else if (known.state !== 'starting' && known.state !== 'active')
        throw errors.ILLEGAL_TRANSITION({ details: { state: known.state } });
      await driver.driveNow(session_id);
      return toPipeline(await found(session_id));
    },

    stopPipeline: async ({ params }) => {
      const { session_id } = params;
      const changed = await pipelines.changeState(session_id, statesAllowing('stop'), { state: 'stopping' });
      const { state } = changed ?? (await found(session_id));
      if (state !== 'stopping' && state !== 'stopped')
        throw errors.ILLEGAL_TRANSITION({ details: { state } });
      await driver.driveNow(session_id);
      return toPipeline(await found(session_id));
    },

    getPipeline: async ({ params }) => toPipeline(await found(params.session_id)),

    destroyPipeline: async ({ params }) => {
      await destroySession(deps, params.session_id);
      return undefined;
    },
  };
};
