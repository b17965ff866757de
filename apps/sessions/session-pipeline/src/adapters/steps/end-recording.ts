import { completeStage, withStage } from '../../domain/stages.ts';
import { errors } from '../../errors.ts';
import type { Step } from './step.ts';
import { statisticsOf } from './watch-recording.ts';

/** Has the last chunk sealed; from here on the number of chunks is known. */
export const endRecording: Step = async (document, { clients }) => {
  const { body: recording } = await clients.recorder.stopRecording({ params: { session_id: document._id } });
  if (recording.status === 'failed')
    throw errors.RECORDING_FAILED({ message: recording.error ?? 'The recording failed.' });
  if (recording.chunks_sealed === 0) throw errors.NOTHING_RECORDED();
  const stages = withStage(completeStage(document.stages, 'recording'), 'storage', { status: 'active' });
  return { change: { statistics: statisticsOf(recording), stages }, pauseMs: 0 };
};
