import { nextState } from '../../domain/pipeline-state.ts';
import { withStage } from '../../domain/stages.ts';
import type { Step } from './step.ts';

/** Mints the session's key and finds a recorder. */
export const start: Step = async (document, { clients }) => {
  const { _id: session_id, owner_id, config } = document;
  await clients.processor.createKey({ body: { session_id } });
  await clients.recorder.startRecording({ body: { session_id, owner_id, ...config } });
  return {
    change: {
      state: nextState(document.state, 'ready'),
      stages: withStage(document.stages, 'recording', { status: 'active' }),
    },
    pauseMs: 0,
  };
};
