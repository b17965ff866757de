import { nextState } from '../../domain/pipeline-state.ts';
import { withStage } from '../../domain/stages.ts';
import type { Step } from './step.ts';

/** Mints the session's key pair and hands its public half to a recorder. What was recovered records nothing more. */
export const start: Step = async (document, { clients }) => {
  if (document.recoveries > 0) return { change: { state: nextState(document.state, 'ready') }, pauseMs: 0 };
  const { _id: session_id, owner_id, config } = document;
  const { body: sealing_key } = await clients.keys.createKey({ body: { session_id } });
  await clients.recorder.startRecording({ body: { session_id, owner_id, ...config, sealing_key } });
  return {
    change: {
      state: nextState(document.state, 'ready'),
      stages: withStage(document.stages, 'recording', { status: 'active' }),
    },
    pauseMs: 0,
  };
};
