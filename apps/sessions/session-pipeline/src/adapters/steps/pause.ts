import { nextState } from '../../domain/pipeline-state.ts';
import { withStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import { unlessUnknown } from './recording.ts';
import type { Step } from './step.ts';
import { statisticsOf } from './watch-recording.ts';

/** Tells the recorder to take no more bytes for now. */
export const pause: Step = async (document, { clients }) => {
  const params = { session_id: document._id };
  const recording = await unlessUnknown(clients.recorder.getRecording({ params }));
  if (!recording) throw errors.RECORDING_FAILED({ message: 'The recorder has lost the session.' });
  if (recording.status === 'failed')
    throw errors.RECORDING_FAILED({ message: recording.error ?? 'The recording failed.' });
  if (recording.status === 'stopping' || recording.status === 'stopped')
    return { change: { state: nextState(document.state, 'stop') }, pauseMs: 0 };
  const { body } = await clients.recorder.pauseRecording({ params });
  return {
    change: {
      state: nextState(document.state, 'done'),
      statistics: statisticsOf(body),
      stages: withStage(document.stages, 'recording', { status: 'paused' }),
    },
    pauseMs: 0,
  };
};
